package dev.nightmail.pipeline.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** A server that speaks as S3 does, over a folder; this process finds it as it would find S3. */
public final class S3Server implements AutoCloseable {

    public static final String BUCKET = "bucket";
    private static final String SECRET = "aws.secretAccessKey";

    private final Path folder;
    private final S3Proxy proxy;
    private final Map<String, String> settings;
    private final AtomicInteger downloads = new AtomicInteger();
    private final Queue<UnaryOperator<byte[]>> faults = new ConcurrentLinkedQueue<>();

    public S3Server() throws Exception {
        folder = Files.createTempDirectory("s3");
        Files.createDirectory(folder.resolve(BUCKET));
        proxy =
                S3Proxy.builder()
                        .blobStore(new Watched(new FilesystemNio2BlobStore(folder.toString())))
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

    /** Counts downloads and spoils them. */
    private final class Watched extends ForwardingBlobStore {

        Watched(BlobStore store) {
            super(store);
        }

        @Override
        public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
            var answer = super.getBlob(request);
            downloads.incrementAndGet();
            var fault = faults.poll();
            if (fault == null) {
                return answer;
            }
            try (answer) {
                var bytes = fault.apply(answer.readAllBytes());
                return new ResponseInputStream<>(
                        answer.response(), new ByteArrayInputStream(bytes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The next download that has none yet has these bytes in place of its own. */
    public void spoil(UnaryOperator<byte[]> fault) {
        faults.add(fault);
    }

    /** How often the bytes of an object were asked for. */
    public int downloads() {
        return downloads.get();
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
        put(key, content.getBytes(StandardCharsets.UTF_8));
    }

    /** The same. */
    public void put(String key, byte[] content) throws IOException {
        Files.createDirectories(path(key).resolveSibling(""));
        Files.write(path(key), content);
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
