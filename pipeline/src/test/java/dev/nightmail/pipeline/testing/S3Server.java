package dev.nightmail.pipeline.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** A server that speaks as S3 does, over a folder; this process finds it as it would find S3. */
public final class S3Server implements AutoCloseable {

    public static final String BUCKET = "bucket";
    private static final String SECRET = "aws.secretAccessKey";

    private final Path folder;
    private final S3Proxy proxy;
    private final Map<String, String> settings;

    public S3Server() throws Exception {
        folder = Files.createTempDirectory("s3");
        Files.createDirectory(folder.resolve(BUCKET));
        proxy =
                S3Proxy.builder()
                        .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "s3cr3t")
                        .build();
        proxy.start();
        settings =
                Map.of(
                        "aws.accessKeyId",
                        "access",
                        SECRET,
                        "s3cr3t",
                        "aws.region",
                        "us-east-1",
                        "aws.endpointUrlS3",
                        "http://127.0.0.1:" + proxy.getPort());
        settings.forEach(System::setProperty);
    }

    /** From now on, this process has another secret than the server. */
    public void refuse() {
        System.setProperty(SECRET, "an0ther");
    }

    /** The server takes this process for whom it should be. */
    public void accept() {
        System.setProperty(SECRET, "s3cr3t");
    }

    /** An object's bytes. */
    public byte[] bytes(String key) throws IOException {
        return Files.readAllBytes(path(key));
    }

    /** What others put there. */
    public void put(String key, String content) throws IOException {
        Files.createDirectories(path(key).resolveSibling(""));
        Files.writeString(path(key), content);
    }

    public boolean has(String key) {
        return Files.exists(path(key));
    }

    private Path path(String key) {
        return folder.resolve(BUCKET).resolve(key);
    }

    @Override
    public void close() throws IOException {
        settings.keySet().forEach(System::clearProperty);
        stop();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Nobody answers any more. */
    public void stop() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
