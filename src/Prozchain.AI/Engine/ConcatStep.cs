namespace Prozchain.AI.Engine;

/// <summary>Values one behind the other along an axis, as bytes.</summary>
internal sealed class ConcatStep : Step
{
    private readonly Operand[] _inputs;
    private readonly Operand _output;
    private readonly int _outer;

    public ConcatStep(IntegerNode node, Operand[] inputs, Operand output) : base(node)
    {
        (_inputs, _output) = (inputs, output);
        _outer = GraphLimits.Product(output.Value.Shape[..(int)node.Attributes[0]]);
    }

    public override int Units(int batch) => batch;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        for (int instance = first; instance < first + count; instance++)
        {
            Span<byte> to = _output.OfBytes(instance);
            int row = to.Length / _outer, at = 0;
            foreach (Operand input in _inputs)
            {
                ReadOnlySpan<byte> from = input.OfBytes(instance);
                int part = from.Length / _outer;
                for (int i = 0; i < _outer; i++) from.Slice(i * part, part).CopyTo(to[(i * row + at)..]);
                at += part;
            }
        }
    }
}
