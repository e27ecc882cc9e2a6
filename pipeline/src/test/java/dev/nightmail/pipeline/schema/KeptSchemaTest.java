package dev.nightmail.pipeline.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KeptSchemaTest {

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'type':'integer','minimum':1,'maximum':5} | {'type':'integer','description':'Must satisfy {\\'minimum\\':1,\\'maximum\\':5}'}",
                "{'type':'string','maxLength':3,'description':'A code.'} | {'type':'string','description':'A code.\\n\\nMust satisfy {\\'maxLength\\':3}'}",
                "{'type':'object','properties':{'minimum':{'type':'string'}}} | {'type':'object','properties':{'minimum':{'type':'string'}},'additionalProperties':false}",
                "{'type':'array','items':{'type':'number','multipleOf':2},'minItems':1} | {'type':'array','items':{'type':'number','description':'Must satisfy {\\'multipleOf\\':2}'},'minItems':1}",
                "{'type':'array','items':{'type':'string'},'minItems':2} | {'type':'array','items':{'type':'string'},'description':'Must satisfy {\\'minItems\\':2}'}",
                "{'oneOf':[{'type':'null'},{'type':'string','format':'date'}]} | {'anyOf':[{'type':'null'},{'type':'string','format':'date'}]}",
                "{'$schema':'x','$ref':'#/$defs/a','$defs':{'a':{'enum':['minimum']}}} | {'$ref':'#/$defs/a','$defs':{'a':{'enum':['minimum']}}}"
            })
    void whatIsNotTakenGoesIntoTheDescription(String schema, String sent) {
        assertThat(KeptSchema.of(json(schema))).isEqualTo(json(sent));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'object'}",
                "{'type':'object','additionalProperties':{'type':'number'}}",
                "{'type':'object','properties':{'a':{'type':['object','null'],'minProperties':1}}}",
                "{'type':'object','properties':{'a':true}}"
            })
    void whatCannotBeSaidStaysAsItIs(String schema) {
        assertThat(KeptSchema.of(json(schema))).isEqualTo(json(schema));
    }
}
