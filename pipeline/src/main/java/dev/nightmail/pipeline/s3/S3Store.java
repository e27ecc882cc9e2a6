package dev.nightmail.pipeline.s3;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * The objects that the credentials of this process may read and write, which are looked for where
 * every program of AWS looks: {@code AWS_ACCESS_KEY_ID} and its like, profiles, the machine's role.
 * So are {@code AWS_REGION} and {@code AWS_ENDPOINT_URL_S3}. Used by one thread.
 */
public final class S3Store implements AutoCloseable {

    /** Smaller objects are sent in one piece. */
    private static final long PART_BYTES = 64L << 20;

    /** S3 takes 10,000. */
    private static final int PARTS_MAX = 9_000;

    /** Whose an object is, which others that replace it do not say. */
    private static final String OWNER = "nightmail-pipeline";

    /** A call that fails is made again by the library, but not one whose answer breaks off. */
    private static final int FETCHES_MAX = 4;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int NOT_FOUND = 404;
    private static final int FORBIDDEN = 403;
    private static final int PRECONDITION_FAILED = 412;

    private final S3Client client;
    private final long partBytes;

    private S3Store(S3Client client, long partBytes) {
        this.client = client;
        this.partBytes = partBytes;
    }

    /**
     * Opens it; nobody is called yet.
     *
     * @throws S3Failure if it is not known where it is
     */
    public static S3Store open() {
        return open(PART_BYTES);
    }

    /**
     * The same.
     *
     * @param partBytes of each piece of an object that is longer, at least 5 MB
     */
    static S3Store open(long partBytes) {
        try {
            return new S3Store(client(), partBytes);
        } catch (SdkClientException e) {
            throw new S3Failure(
                    "cannot use s3://: %s. Set AWS_REGION, or a profile with AWS_PROFILE"
                            .formatted(firstSentence(e)),
                    e);
        }
    }

    private static S3Client client() {
        var client = client(false);
        // Few others than AWS have a name for each bucket.
        if (client.serviceClientConfiguration().endpointOverride().isEmpty()) {
            return client;
        }
        client.close();
        return client(true);
    }

    private static S3Client client(boolean pathStyle) {
        return S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .forcePathStyle(pathStyle)
                // Others than AWS do not know all its checksums.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .build();
    }

    /**
     * Finds out whether an object could be written there; leaves what is there as it is.
     *
     * @throws S3Failure if it could not
     */
    public void checkWritable(S3Place place) {
        // It takes the right to write, and nothing is there unless it is completed.
        var upload = begin(place, "");
        abort(place, upload);
    }

    /** Whose object is there: empty if there is none, or none is to be seen; "" if nobody says. */
    public Optional<String> owner(S3Place place) {
        try {
            var head = client.headObject(ask -> ask.bucket(place.bucket()).key(place.key()));
            return Optional.of(head.metadata().getOrDefault(OWNER, ""));
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw failure("read", "s3:GetObject and s3:ListBucket", place, e);
        } catch (SdkClientException e) {
            throw failure("read", place, e);
        }
    }

    /**
     * Puts a file there in the place of what there is; it takes its place at once and whole.
     *
     * @throws S3Failure if that cannot be done; what was there still is
     */
    public void put(Path file, S3Place place, String owner) throws IOException {
        long size = Files.size(file);
        if (size <= partBytes) {
            writing(
                    place,
                    () ->
                            client.putObject(
                                    put ->
                                            put.bucket(place.bucket())
                                                    .key(place.key())
                                                    .metadata(Map.of(OWNER, owner)),
                                    RequestBody.fromFile(file)));
            return;
        }
        var upload = begin(place, owner);
        try {
            putParts(file, size, place, upload);
        } catch (RuntimeException e) {
            abortAfter(e, place, upload);
            throw e;
        }
    }

    private String begin(S3Place place, String owner) {
        return writing(
                        place,
                        () ->
                                client.createMultipartUpload(begin ->
                                        begin.bucket(place.bucket())
                                                .key(place.key())
                                                .metadata(Map.of(OWNER, owner))))
                .uploadId();
    }

    private void putParts(Path file, long size, S3Place place, String upload) {
        var length = Math.max(partBytes, size / PARTS_MAX + 1);
        var parts = new ArrayList<CompletedPart>();
        for (long from = 0; from < size; from += length) {
            var number = parts.size() + 1;
            var body = part(file, from, Math.min(length, size - from));
            var sent =
                    writing(
                            place,
                            () ->
                                    client.uploadPart(
                                            part ->
                                                    part.bucket(place.bucket())
                                                            .key(place.key())
                                                            .uploadId(upload)
                                                            .partNumber(number),
                                            body));
            parts.add(CompletedPart.builder().partNumber(number).eTag(sent.eTag()).build());
        }
        writing(
                place,
                () ->
                        client.completeMultipartUpload(complete ->
                                complete.bucket(place.bucket())
                                        .key(place.key())
                                        .uploadId(upload)
                                        .multipartUpload(all -> all.parts(parts))));
    }

    /** Opened anew each time it is sent. */
    private static RequestBody part(Path file, long from, long length) {
        return RequestBody.fromContentProvider(
                () -> {
                    try {
                        var channel = FileChannel.open(file, StandardOpenOption.READ);
                        channel.position(from);
                        return new Piece(Channels.newInputStream(channel), length);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                length,
                "application/octet-stream");
    }

    /** The first bytes of a stream. */
    private static final class Piece extends BufferedInputStream {
        private long left;

        Piece(InputStream in, long length) {
            super(in, 1 << 16);
            left = length;
        }

        @Override
        public synchronized int read() throws IOException {
            if (left <= 0) {
                return -1;
            }
            left--;
            return super.read();
        }

        @Override
        public synchronized int read(byte[] bytes, int from, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            var read = super.read(bytes, from, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    private void abort(S3Place place, String upload) {
        writing(
                place,
                () ->
                        client.abortMultipartUpload(abort ->
                                abort.bucket(place.bucket()).key(place.key()).uploadId(upload)));
    }

    private void abortAfter(RuntimeException reason, S3Place place, String upload) {
        try {
            abort(place, upload);
        } catch (S3Failure e) {
            reason.addSuppressed(e);
        }
    }

    private static <T> T writing(S3Place place, Supplier<T> call) {
        try {
            return call.get();
        } catch (S3Exception e) {
            throw failure("write", "s3:PutObject and s3:AbortMultipartUpload", place, e);
        } catch (SdkClientException e) {
            throw failure("write", place, e);
        }
    }

    /**
     * The objects of a bucket that are wanted, in the order of their keys.
     *
     * @param named what they are looked for by, for messages
     * @param beginning of their keys
     * @throws S3Failure if they cannot be listed
     */
    public List<S3Object> list(S3Place named, String beginning, Predicate<String> wanted) {
        try {
            return client
                    .listObjectsV2Paginator(ask -> ask.bucket(named.bucket()).prefix(beginning))
                    .contents()
                    .stream()
                    .filter(found -> wanted.test(found.key()))
                    .map(found ->
                            new S3Object(
                                    new S3Place(named.bucket(), found.key()),
                                    found.size(),
                                    found.eTag(),
                                    found.lastModified()))
                    .toList();
        } catch (S3Exception e) {
            throw failure("list", "s3:ListBucket", named, e);
        } catch (SdkClientException e) {
            throw failure("list", named, e);
        }
    }

    /**
     * Copies an object into a file, as it was when it was listed.
     *
     * @throws S3Failure if it cannot be read; the file then holds nothing of use
     * @throws IOException if the file cannot be written
     */
    public void fetch(S3Object object, Path file) throws IOException {
        var expected = object.md5();
        var came = "";
        for (int attempt = 1; ; attempt++) {
            String fault;
            try {
                var hash = copy(object, file);
                // Some servers' ETags only look like a hash: what comes twice alike is the object.
                if (hash.isEmpty() || expected.equals(hash) || hash.get().equals(came)) {
                    return;
                }
                came = hash.get();
                fault = "its bytes are not those of its ETag";
            } catch (BrokenOffException e) {
                fault = String.valueOf(e.getMessage());
            }
            if (attempt == FETCHES_MAX) {
                throw new S3Failure(
                        "cannot read %s: it did not come whole (%s): run it again"
                                .formatted(object.place(), fault),
                        null);
            }
        }
    }

    /** The hash of what came; empty if the object's ETag is none. */
    private Optional<String> copy(S3Object object, Path file) throws IOException {
        var place = object.place();
        try (var in =
                        client.getObject(get ->
                                get.bucket(place.bucket())
                                        .key(place.key())
                                        .ifMatch(object.eTag())
                                        .checksumMode(ChecksumMode.ENABLED));
                var out = Files.newOutputStream(file)) {
            var digest = md5();
            long length = 0;
            var buffer = new byte[BUFFER_BYTES];
            for (int read = read(in, buffer); read >= 0; read = read(in, buffer)) {
                if (Thread.currentThread().isInterrupted()) {
                    in.abort();
                    throw new S3Failure("cannot read %s: it was stopped".formatted(place), null);
                }
                out.write(buffer, 0, read);
                digest.update(buffer, 0, read);
                length += read;
            }
            if (length != object.size()) {
                throw new BrokenOffException(
                        "%,d bytes came, not %,d".formatted(length, object.size()));
            }
            return object.md5().isPresent() && isHashed(in.response())
                    ? Optional.of(HexFormat.of().formatHex(digest.digest()))
                    : Optional.empty();
        } catch (S3Exception e) {
            throw failure("read", "s3:GetObject", place, e);
        } catch (SdkClientException e) {
            throw failure("read", place, e);
        }
    }

    private static int read(InputStream in, byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new BrokenOffException(String.valueOf(e.getMessage()));
        } catch (SdkClientException e) {
            throw new BrokenOffException(firstSentence(e));
        }
    }

    /** What a key of KMS or of the caller encrypts has an ETag that looks like a hash. */
    private static boolean isHashed(GetObjectResponse response) {
        var encryption = response.serverSideEncryption();
        return response.sseCustomerAlgorithm() == null
                && (encryption == null || encryption == ServerSideEncryption.AES256);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Not all of an object came; it may the next time. */
    private static final class BrokenOffException extends RuntimeException {
        BrokenOffException(String message) {
            super(message);
        }
    }

    private static S3Failure failure(String what, String rights, S3Place place, S3Exception e) {
        // Of the answer only its code is told: nobody knows what else may stand in it.
        var details = e.awsErrorDetails();
        var code = details == null ? null : details.errorCode();
        var told = "HTTP " + e.statusCode() + (code == null ? "" : ", " + code);
        String advice;
        if ("InvalidObjectState".equals(code)) {
            advice = "it is in an archive: restore it first, as with \"aws s3api restore-object\"";
        } else if (e.statusCode() == PRECONDITION_FAILED || "NoSuchKey".equals(code)) {
            advice = "it was replaced or removed since it was listed: run it again";
        } else if (e.statusCode() == FORBIDDEN) {
            advice = "these credentials need " + rights + " on the bucket " + place.bucket();
        } else if (e.statusCode() == NOT_FOUND) {
            advice =
                    "there is no bucket %s, or not at this endpoint: make it, or name another"
                            .formatted(place.bucket());
        } else {
            advice = "look whether the bucket is of this region and endpoint, and run it again";
        }
        return new S3Failure("cannot %s %s (%s): %s".formatted(what, place, told, advice), e);
    }

    private static S3Failure failure(String what, S3Place place, SdkClientException e) {
        return new S3Failure(
                "cannot %s %s: %s. Set credentials with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, and see that AWS_REGION and AWS_ENDPOINT_URL_S3 say where the bucket is"
                        .formatted(what, place, firstSentence(e)),
                e);
    }

    private static String firstSentence(SdkClientException e) {
        var message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        var end = message.indexOf(". ");
        return (end < 0 ? message : message.substring(0, end)).replaceFirst("[.: ]+$", "");
    }

    @Override
    public void close() {
        client.close();
    }
}
