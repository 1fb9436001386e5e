using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>A product with constant weights, and the rounding behind it where that is fused: the rows of all instances are one matrix.</summary>
internal sealed class MatMulStep<TX, TY> : Step
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
{
    private readonly Operand _x, _y;
    private readonly Rescaling _rescaling;
    private readonly GemmWeights _weights;
    private readonly int[] _bias;
    private readonly int _rows;

    public MatMulStep(IntegerNode last, IntegerNode product, GemmWeights weights, Operand x, Operand y, Rescaling rescaling) : base(last)
    {
        (_x, _y, _rescaling, _weights) = (x, y, rescaling, weights);
        _bias = product.Inputs.Length == 3 ? MemoryMarshal.Cast<byte, int>(product.Inputs[2].Constant!.Bytes.Span).ToArray() : [];
        _rows = x.Elements / weights.Depth;
    }

    // A constant x is one instance that all outputs repeat.
    public override int Units(int batch) => _x.IsShared ? batch : Gemm.Units(batch * _rows, _weights);

    public override int ScratchBytes(int maxBatch) => Enumerable.Range(1, _x.IsShared ? 1 : maxBatch).Max(batch => Gemm.ScratchBytes(batch * _rows, _weights));

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch) => Continue(frame, -1, first, count, scratch);

    public override void Continue(RunFrame frame, int previous, int first, int count, Span<byte> scratch)
    {
        if (!_x.IsShared)
        {
            Gemm.Run<TX, TY>(_x.All<TX>(frame.Batch), frame.Batch * _rows, _weights, _bias, _rescaling.Kernel, _y.All<TY>(frame.Batch), first, count, scratch, previous);
            return;
        }
        for (int i = first; i < first + count; i++)
            Gemm.Run<TX, TY>(_x.Of<TX>(i), _rows, _weights, _bias, _rescaling.Kernel, _y.Of<TY>(i), 0, Gemm.Units(_rows, _weights), scratch);
    }
}
