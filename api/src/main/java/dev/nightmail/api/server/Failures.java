package dev.nightmail.api.server;

import dev.nightmail.api.auth.RefusedCall;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.journal.DamagedResultsException;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.journal.MissingFilesException;
import dev.nightmail.core.journal.StorageFullException;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client is told of a failure. Our own are logged here, once, with everything. */
final class Failures {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);
    private static final String STOPPING_RETRY_SECONDS = "5";
    private static final int INSUFFICIENT_STORAGE = 507;
    private static final List<String> DISK_FULL =
            List.of("no space left", "quota exceeded", "database or disk is full");

    private Failures() {}

    static ApiError toError(Throwable failure, String requestId) {
        return switch (failure) {
            case ApiError error -> error;
            case RefusedCall refused -> refused.answer();
            case HttpException bad ->
                    ApiError.of(
                            bad.getCode(),
                            ErrorType.ofStatus(bad.getCode()),
                            "the HTTP request is not well-formed");
            case StoppingException _, InterruptedException _ ->
                    ApiError.of(
                                    ErrorType.OVERLOADED_ERROR,
                                    "the server is being stopped; try again")
                            .withHeader("retry-after", STOPPING_RETRY_SECONDS);
            case DamagedResultsException damaged -> {
                log.error(
                        "event=results_damaged batch_id={} results={} doctor_says_more=true",
                        damaged.batch(),
                        damaged.results());
                yield ApiError.of(
                                ErrorType.API_ERROR,
                                "some results of this batch (%d) are damaged on the server's disk; stop the server and run ./nightmail doctor, which repairs them or writes them off"
                                        .formatted(damaged.results()))
                        .notWorthRetrying();
            }
            case MissingFilesException missing -> {
                log.error(
                        "event=batch_files_missing batch_id={} what=\"{}\" doctor_says_more=true",
                        missing.batch(),
                        missing.what());
                yield ApiError.of(
                                ErrorType.API_ERROR,
                                "%s of this batch is missing on the server's disk: put it back from a backup; ./nightmail doctor says what is left"
                                        .formatted(missing.what()))
                        .notWorthRetrying();
            }
            case JournalException _, CatalogException _ ->
                    isDiskFull(failure)
                            ? diskFull(failure, requestId)
                            : storageFailed(failure, requestId);
            default -> {
                log.error("event=call_failed request_id={}", requestId, failure);
                yield ApiError.of(ErrorType.API_ERROR, "internal server error");
            }
        };
    }

    /**
     * A status that says what it is, and that the SDKs take for a fault of the server. They would
     * send a quarter of a gigabyte twice more within seconds: so they are told not to.
     */
    private static ApiError diskFull(Throwable failure, String requestId) {
        log.error("event=disk_full request_id={} reason=\"{}\"", requestId, failure.getMessage());
        return ApiError.of(
                        INSUFFICIENT_STORAGE,
                        ErrorType.API_ERROR,
                        "the server's disk is full: nothing of this call was kept; send it again when there is room")
                .withCode("storage_full")
                .notWorthRetrying();
    }

    private static ApiError storageFailed(Throwable failure, String requestId) {
        log.error("event=storage_failed request_id={}", requestId, failure);
        return ApiError.of(
                ErrorType.API_ERROR, "the server's storage failed; nothing was acknowledged");
    }

    /** The journal says so by type; of the catalog only its own words tell it. */
    private static boolean isDiskFull(Throwable failure) {
        if (StorageFullException.isBehind(failure)) {
            return true;
        }
        for (var at = failure; at != null; at = at.getCause()) {
            var text = String.valueOf(at.getMessage()).toLowerCase(Locale.ROOT);
            if (DISK_FULL.stream().anyMatch(text::contains)) {
                return true;
            }
        }
        return false;
    }
}
