package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tools of a request, and which of them the model may or must use. */
final class Tools {

    private Tools() {}

    /**
     * @return the names of the tools
     */
    static Set<String> write(Fields params, JsonWriter out) throws RefusedException {
        var names = new LinkedHashSet<String>();
        var tools = params.takeList("tools");
        boolean any = tools != null && !tools.items().isEmpty();
        if (tools != null && any) {
            out.name("tools").beginArray();
            int at = 0;
            for (var tool : tools.items()) {
                names.add(tool(Fields.of("tools." + at++, tool), out).value());
            }
            out.endArray();
        }
        choice(params.take("tool_choice"), any, out);
        return names;
    }

    private static RawJson.Text tool(Fields tool, JsonWriter out) throws RefusedException {
        var type = tool.takeText("type");
        if (type != null && !type.value().equals("custom")) {
            throw RefusedException.noCounterpart(
                    tool.at("type"),
                    "the built-in tool \"" + Fields.shortened(type.value()) + "\"");
        }
        out.beginObject();
        out.name("type").value("function");
        out.name("function").beginObject();
        var name = tool.requireText("name");
        out.name("name").value(name);
        var description = tool.takeText("description");
        if (description != null) {
            out.name("description").value(description);
        }
        out.name("parameters").value(tool.requireObject("input_schema"));
        if (tool.takeBool("strict")) {
            out.name("strict").value(true);
        }
        out.endObject().endObject();
        tool.drop("cache_control");
        // Only about the size of the pieces in which its input is streamed.
        tool.drop("eager_input_streaming");
        tool.dropIfEmpty("input_examples");
        callers(tool.takeList("allowed_callers"), tool.at("allowed_callers"));
        if (tool.takeBool("defer_loading")) {
            throw RefusedException.noCounterpart(tool.at("defer_loading"));
        }
        tool.requireAllTaken();
        return name;
    }

    /** That the model itself may call a tool is all the other API knows. */
    private static void callers(RawJson.@Nullable Items callers, String path)
            throws RefusedException {
        if (callers == null) {
            return;
        }
        int at = 0;
        for (var caller : callers.items()) {
            String here = path + "." + at++;
            String name = Fields.text(here, caller).value();
            if (!name.equals("direct")) {
                throw RefusedException.noCounterpart(here, "\"" + Fields.shortened(name) + "\"");
            }
        }
    }

    private static void choice(@Nullable RawJson value, boolean anyTools, JsonWriter out)
            throws RefusedException {
        if (value == null) {
            return;
        }
        var choice = Fields.of("tool_choice", value);
        String type = choice.requireText("type").value();
        boolean forced = type.equals("any") || type.equals("tool");
        if (forced && !anyTools) {
            throw RefusedException.invalid(
                    "tool_choice", "may only be specified while providing tools");
        }
        if (anyTools) {
            // Without tools the other API takes no choice, and none is needed.
            out.name("tool_choice");
        }
        switch (type) {
            case "auto", "none" -> {
                if (anyTools) {
                    out.value(type);
                }
            }
            case "any" -> out.value("required");
            case "tool" -> {
                out.beginObject();
                out.name("type").value("function");
                out.name("function").beginObject();
                out.name("name").value(choice.requireText("name"));
                out.endObject().endObject();
            }
            default ->
                    throw RefusedException.invalid(
                            "tool_choice.type", "Input should be 'auto', 'any', 'tool' or 'none'");
        }
        if (choice.takeBool("disable_parallel_tool_use") && anyTools) {
            out.name("parallel_tool_calls").value(false);
        }
        choice.requireAllTaken();
    }
}
