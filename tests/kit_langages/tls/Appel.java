import java.io.FileInputStream;
import java.net.URI;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.*;

/** GET with a client certificate: java Appel.java URL CA BUNDLE CHAIN KEY PASSWORD. */
public class Appel {
    public static void main(String[] args) throws Exception {
        char[] password = args[5].toCharArray();
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(new FileInputStream(args[2]), password);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(own, password);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
            "ca", CertificateFactory.getInstance("X.509").generateCertificate(new FileInputStream(args[1])));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        HttpsURLConnection call = (HttpsURLConnection) URI.create(args[0]).toURL().openConnection();
        call.setSSLSocketFactory(context.getSocketFactory());
        System.out.println("HTTP " + call.getResponseCode());
    }
}
