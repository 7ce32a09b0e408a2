// GET with a client certificate: go run appel.go URL CA BUNDLE CHAIN KEY PASSWORD.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
)

func main() {
	url, ca, chain, key := os.Args[1], os.Args[2], os.Args[4], os.Args[5]
	roots := x509.NewCertPool()
	pem, _ := os.ReadFile(ca)
	roots.AppendCertsFromPEM(pem)
	own, err := tls.LoadX509KeyPair(chain, key)
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	config := &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: config}}
	answer, err := client.Get(url)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("HTTP", answer.StatusCode)
}
