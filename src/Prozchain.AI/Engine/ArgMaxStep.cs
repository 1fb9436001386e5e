using System.Numerics;

namespace Prozchain.AI.Engine;

/// <summary>Index of the largest element along an axis; of equal ones the first.</summary>
internal sealed class ArgMaxStep<T> : Step where T : unmanaged, IBinaryInteger<T>
{
    private readonly Operand _x, _y;
    private readonly int _length, _inner;

    public ArgMaxStep(IntegerNode node, Operand x, Operand y) : base(node)
    {
        (_x, _y) = (x, y);
        int axis = (int)node.Attributes[0];
        _length = x.Value.Shape[axis];
        _inner = GraphLimits.Product(x.Value.Shape[(axis + 1)..]);
    }

    public override int Units(int batch) => batch;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        for (int instance = first; instance < first + count; instance++)
        {
            ReadOnlySpan<T> x = _x.Of<T>(instance);
            Span<int> y = _y.Of<int>(instance);
            for (int i = 0; i < y.Length; i++)
            {
                int start = i / _inner * _inner * _length + i % _inner, best = 0;
                for (int j = 1; j < _length; j++)
                    if (x[start + j * _inner] > x[start + best * _inner]) best = j;
                y[i] = best;
            }
        }
    }
}
