using System.Numerics;

namespace Prozchain.AI.Engine;

/// <summary>
/// A scaled sum or a product of two values. Where their shapes or their sharing fit the kernel, all instances are one call;
/// otherwise what is smaller is spread out first.
/// </summary>
internal sealed class BinaryStep<TX, TY, TZ> : Step
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
    where TZ : unmanaged, IBinaryInteger<TZ>
{
    private const int Block = 1024;
    private readonly Operand _x, _y, _z;
    private readonly IPairKernel<TX, TY, TZ> _kernel;
    private readonly StridedView _viewX, _viewY;

    // Elements of z over which y repeats, and how long an element of it stays; 0 where y does not repeat so.
    private readonly int _period, _inner;

    public BinaryStep(IntegerNode node, Operand x, Operand y, Operand z, IPairKernel<TX, TY, TZ> kernel) : base(node)
    {
        (_x, _y, _z, _kernel) = (x, y, z, kernel);
        _viewX = StridedView.Broadcast(x.Value.Shape, z.Value.Shape);
        _viewY = StridedView.Broadcast(y.Value.Shape, z.Value.Shape);
        (_period, _inner) = x.IsShared || x.Elements != z.Elements ? (0, 1) : Repetition(x, y, z);
    }

    private bool IsSplit => _period == Block && !_y.IsShared;

    public override int Units(int batch) => _period == 0 ? batch : (int)(((long)batch * _z.Elements + _period - 1) / _period);

    public override int ScratchBytes(int maxBatch) => _period == 0 ? checked(_z.Elements * 8) : 0;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        if (_period == 0) { Spread(first, count, scratch); return; }
        Span<TZ> z = _z.All<TZ>(frame.Batch);
        int from = first * _period, end = (int)Math.Min((long)(first + count) * _period, z.Length);
        ReadOnlySpan<TY> y = _y.All<TY>(frame.Batch);
        _kernel.Run(_x.All<TX>(frame.Batch)[from..end], IsSplit ? y[from..end] : y, _inner, z[from..end]);
    }

    private void Spread(int first, int count, Span<byte> scratch)
    {
        Span<TX> x = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, TX>(scratch[..(_z.Elements * 4)])[.._z.Elements];
        Span<TY> y = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, TY>(scratch[(_z.Elements * 4)..])[.._z.Elements];
        for (int i = first; i < first + count; i++)
        {
            _viewX.Copy<TX>(_x.Of<TX>(i), x, 0, _viewX.Rows);
            _viewY.Copy<TY>(_y.Of<TY>(i), y, 0, _viewY.Rows);
            _kernel.Run(x, y, 1, _z.Of<TZ>(i));
        }
    }

    private static (int Period, int Inner) Repetition(Operand x, Operand y, Operand z)
    {
        if (!y.IsShared) return y.Elements == z.Elements ? (Block, 1) : (0, 1);
        // A constant whose axes are 1, then z's, then 1: one element for each channel, or a suffix.
        int rank = z.Value.Rank;
        Span<int> padded = stackalloc int[rank];
        padded.Fill(1);
        y.Value.Shape.CopyTo(padded[(rank - y.Value.Rank)..]);
        int first = 0, end = rank;
        while (first < rank && padded[first] == 1) first++;
        while (end > first && padded[end - 1] == 1) end--;
        if (!padded[first..end].SequenceEqual(z.Value.Shape[first..end])) return (0, 1);
        int inner = GraphLimits.Product(z.Value.Shape[end..]);
        return (inner * y.Elements, inner);
    }
}
