namespace Prozchain.AI.Inference;

/// <summary>What a caller asks of the service.</summary>
public sealed class InferenceCall
{
    /// <summary>Makes the inputs of a request's next step from its last outputs.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="outputs">Elements of each output.</param>
    /// <param name="inputs">Elements of each input: those of the last step, to be overwritten.</param>
    /// <returns>Whether there is to be a next step.</returns>
    public delegate bool NextStep(int step, IReadOnlyList<ReadOnlyMemory<byte>> outputs, IReadOnlyList<Memory<byte>> inputs);

    /// <summary><c>name@version</c>, or a bare name.</summary>
    public required string Model { get; init; }

    /// <summary>Elements of each input of the graph, little-endian (<see cref="Engine.Border.Quantise(ReadOnlySpan{float}, Span{byte})"/>). Read during the call.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Inputs { get; init; }

    /// <summary>How long it may take, from when the model is in memory.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most steps; more than one needs <see cref="Next"/>.</summary>
    public int MaxSteps { get; init; } = 1;

    /// <summary>Called behind each step but the last, on a worker's thread: it must be quick, and not wait.</summary>
    public NextStep? Next { get; init; }
}
