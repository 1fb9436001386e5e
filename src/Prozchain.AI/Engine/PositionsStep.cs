namespace Prozchain.AI.Engine;

/// <summary>Places of a run's tokens in the request's context.</summary>
internal sealed class PositionsStep(IntegerNode node, Operand y) : Step(node)
{
    public override int Units(int batch) => batch;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        for (int instance = first; instance < first + count; instance++)
        {
            Span<int> to = y.Of<int>(instance);
            for (int t = 0; t < to.Length; t++) to[t] = frame.Position(instance) + t;
        }
    }
}
