namespace Prozchain.AI.Engine;

/// <summary>Whether bytes are the inputs of a graph.</summary>
internal static class InputCheck
{
    /// <summary>What is wrong with them, or null.</summary>
    public static string? Find(IntegerGraph graph, IReadOnlyList<ReadOnlyMemory<byte>> inputs) => FindLength(graph, inputs) ?? FindElement(graph, inputs);

    /// <summary>What is wrong with their count and lengths, or null.</summary>
    public static string? FindLength(IntegerGraph graph, IReadOnlyList<ReadOnlyMemory<byte>> inputs)
    {
        if (inputs.Count != graph.Inputs.Count) return $"Expected {graph.Inputs.Count} inputs, got {inputs.Count}.";
        for (int i = 0; i < inputs.Count; i++)
        {
            Border border = graph.Inputs[i];
            if (inputs[i].Length != border.Value.Bytes) return $"Expected {border.Value.Bytes} bytes of '{border.Name}', got {inputs[i].Length}.";
        }
        return null;
    }

    private static string? FindElement(IntegerGraph graph, IReadOnlyList<ReadOnlyMemory<byte>> inputs)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            Border border = graph.Inputs[i];
            int outside = border.FindOutside(inputs[i].Span);
            if (outside >= 0) return $"Expected elements of '{border.Name}' in [{border.Value.Min}, {border.Value.Max}], got another at {outside}.";
        }
        return null;
    }
}
