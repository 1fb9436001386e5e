using System.Numerics;

namespace Prozchain.AI.Engine;

/// <summary>Slices named by indices, as bytes.</summary>
internal sealed class GatherStep<TIndex> : Step where TIndex : unmanaged, IBinaryInteger<TIndex>
{
    private readonly Operand _data, _indices, _output;
    private readonly int _outer, _length, _inner;

    public GatherStep(IntegerNode node, Operand data, Operand indices, Operand output) : base(node)
    {
        (_data, _indices, _output) = (data, indices, output);
        int axis = (int)node.Attributes[0];
        _outer = GraphLimits.Product(data.Value.Shape[..axis]);
        _length = data.Value.Shape[axis];
        _inner = GraphLimits.Product(data.Value.Shape[(axis + 1)..]) * data.Value.Type.Size();
    }

    public override int Units(int batch) => batch;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        for (int instance = first; instance < first + count; instance++)
        {
            ReadOnlySpan<byte> from = _data.OfBytes(instance);
            ReadOnlySpan<TIndex> indices = _indices.Of<TIndex>(instance);
            Span<byte> to = _output.OfBytes(instance);
            for (int o = 0; o < _outer; o++)
            {
                foreach (TIndex index in indices)
                {
                    from.Slice((o * _length + int.CreateTruncating(index)) * _inner, _inner).CopyTo(to);
                    to = to[_inner..];
                }
            }
        }
    }
}
