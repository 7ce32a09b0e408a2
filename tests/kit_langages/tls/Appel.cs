// GET with a client certificate: mono Appel.exe URL CA BUNDLE CHAIN KEY PASSWORD.
using System;
using System.Net;
using System.Security.Cryptography.X509Certificates;

public static class Appel {
    public static int Main(string[] args) {
        ServicePointManager.ServerCertificateValidationCallback = (a, b, c, d) => true;
        var call = (HttpWebRequest) WebRequest.Create(args[0]);
        call.ClientCertificates.Add(new X509Certificate2(args[2], args[5]));
        try {
            using (var answer = (HttpWebResponse) call.GetResponse())
                Console.WriteLine("HTTP " + (int) answer.StatusCode);
            return 0;
        } catch (WebException error) {
            var answer = error.Response as HttpWebResponse;
            if (answer != null) { Console.WriteLine("HTTP " + (int) answer.StatusCode); return 0; }
            Console.WriteLine(error.Message + " / " + error.InnerException?.Message);
            return 1;
        } catch (Exception error) {
            Console.WriteLine(error.GetType() + " " + error.Message + " / " + error.InnerException?.Message);
            return 2;
        }
    }
}
