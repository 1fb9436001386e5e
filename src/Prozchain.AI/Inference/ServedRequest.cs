using Prozchain.AI.Engine;
using Prozchain.AI.Receipts;

namespace Prozchain.AI.Inference;

/// <summary>A request on its way through the pool.</summary>
internal sealed class ServedRequest
{
    private readonly InferenceCall _call;
    private readonly byte[][] _inputs, _outputs;
    private readonly Memory<byte>[] _nextInputs;
    private readonly ReadOnlyMemory<byte>[] _lastOutputs;

    public ServedRequest(InferenceCall call, PreparedGraph prepared)
    {
        _call = call;
        _inputs = [.. call.Inputs.Select(i => i.ToArray())];
        _outputs = [.. prepared.Graph.Outputs.Select(o => new byte[o.Value.Bytes])];
        _nextInputs = [.. _inputs.Select(i => i.AsMemory())];
        _lastOutputs = [.. _outputs.Select(o => new ReadOnlyMemory<byte>(o))];
        State = prepared.Graph.ContextStep > 0 ? prepared.RentState() : null;
    }

    public InferenceState? State { get; }

    /// <summary>What is said of each step.</summary>
    public List<InferenceStatement> Statements { get; } = [];

    public IReadOnlyList<ReadOnlyMemory<byte>> Outputs => _lastOutputs;

    public Exception? Fault { get; private set; }

    public void Fill(InferenceEngine engine, int place)
    {
        for (int i = 0; i < _inputs.Length; i++) _inputs[i].CopyTo(engine.Input(i, place));
    }

    /// <summary>Takes the outputs of a step, and says whether there is another.</summary>
    public bool Take(InferenceEngine engine, int place, InferenceStatement statement)
    {
        Statements.Add(statement);
        for (int i = 0; i < _outputs.Length; i++) engine.Output(i, place).CopyTo(_outputs[i]);
        if (Statements.Count == _call.MaxSteps || _call.Next is null) return false;
        try
        {
            if (!_call.Next(Statements.Count, _lastOutputs, _nextInputs)) return false;
        }
        // The caller's own code: the fault is the caller's, not the batch's.
        catch (Exception e)
        {
            Fault = e;
            return false;
        }
        if (InputCheck.Find(engine.Graph, Inputs()) is not { } wrong) return true;
        Fault = new ArgumentException(wrong);
        return false;

        ReadOnlyMemory<byte>[] Inputs() => [.. _inputs.Select(i => new ReadOnlyMemory<byte>(i))];
    }
}
