package dev.nightmail.core.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorTypeTest {

    @ParameterizedTest
    @CsvSource({
        "400,invalid_request_error",
        "401,authentication_error",
        "402,billing_error",
        "403,permission_error",
        "404,not_found_error",
        "408,timeout_error",
        "409,conflict_error",
        "413,request_too_large",
        "418,invalid_request_error",
        "422,invalid_request_error",
        "429,rate_limit_error",
        "500,api_error",
        "502,api_error",
        "503,overloaded_error",
        "504,timeout_error",
        "529,overloaded_error",
        "307,api_error"
    })
    void aStatusAloneHasAType(int status, String type) {
        assertThat(ErrorType.ofStatus(status).wireName()).isEqualTo(type);
    }
}
