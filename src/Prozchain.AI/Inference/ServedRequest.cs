using Prozchain.AI.Engine;
using Prozchain.AI.Receipts;

namespace Prozchain.AI.Inference;

/// <summary>A request on its way through the pool. It takes the memory of its outputs and state when it takes its first step: who is refused has cost no more than its inputs.</summary>
/// <param name="call">What was asked, its inputs of the graph's lengths.</param>
/// <param name="prepared">The model.</param>
internal sealed class ServedRequest(InferenceCall call, PreparedGraph prepared) : IDisposable
{
    /// <summary>What a host keeps of a step: its statement, signed, and the receipt's encoding.</summary>
    public const long StepBytes = 1024;

    // A copy: what was checked must be what runs, or one caller could fault the batch of others.
    private readonly byte[][] _inputs = [.. call.Inputs.Select(i => i.ToArray())];
    private ReadOnlyMemory<byte>[]? _elements;
    private Memory<byte>[]? _next;
    private byte[][]? _outputs;
    private ReadOnlyMemory<byte>[] _lastOutputs = [];

    public InferenceState? State { get; private set; }

    /// <summary>What is said of each step.</summary>
    public List<InferenceStatement> Statements { get; } = [];

    public IReadOnlyList<ReadOnlyMemory<byte>> Outputs => _lastOutputs;

    public Exception? Fault { get; private set; }

    /// <summary>What is wrong with the inputs, or null.</summary>
    public string? FindWrongInput() => InputCheck.Find(prepared.Graph, _elements ??= [.. _inputs.Select(i => new ReadOnlyMemory<byte>(i))]);

    public void Fill(InferenceEngine engine, int place)
    {
        if (_outputs is null)
        {
            _outputs = [.. prepared.Graph.Outputs.Select(o => new byte[o.Value.Bytes])];
            _lastOutputs = [.. _outputs.Select(o => new ReadOnlyMemory<byte>(o))];
            if (prepared.Graph.ContextStep > 0) State = prepared.RentState();
        }
        for (int i = 0; i < _inputs.Length; i++) _inputs[i].CopyTo(engine.Input(i, place));
    }

    /// <summary>Takes the outputs of a step, and says whether there is another.</summary>
    public bool Take(InferenceEngine engine, int place, InferenceStatement statement)
    {
        Statements.Add(statement);
        for (int i = 0; i < _outputs!.Length; i++) engine.Output(i, place).CopyTo(_outputs[i]);
        if (Statements.Count == call.MaxSteps || call.Next is null) return false;
        try
        {
            // Its own memory, which the caller may keep and write to when it likes.
            _next ??= [.. _inputs.Select(i => i.AsSpan().ToArray().AsMemory())];
            if (!call.Next(Statements.Count, _lastOutputs, _next)) return false;
            for (int i = 0; i < _inputs.Length; i++) _next[i].CopyTo(_inputs[i]);
        }
        // The caller's own code: the fault is the caller's, not the batch's.
        catch (Exception e)
        {
            Fault = e;
            return false;
        }
        if (FindWrongInput() is not { } wrong) return true;
        Fault = new ArgumentException(wrong);
        return false;
    }

    /// <summary>Gives the state back. Once no worker has the request.</summary>
    public void Dispose() => State?.Dispose();
}
