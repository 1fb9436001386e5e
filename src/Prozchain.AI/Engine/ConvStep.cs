using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>A convolution with constant weights, and the rounding behind it where that is fused.</summary>
internal sealed class ConvStep<TX, TY> : Step
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
{
    private readonly Operand _x, _y;
    private readonly Rescaling _rescaling;
    private readonly ConvolutionWeights _weights;
    private readonly int[] _bias;

    public ConvStep(IntegerNode last, IntegerNode conv, ConvolutionWeights weights, Operand x, Operand y, Rescaling rescaling) : base(last)
    {
        (_x, _y, _rescaling, _weights) = (x, y, rescaling, weights);
        _bias = conv.Inputs.Length == 3 ? MemoryMarshal.Cast<byte, int>(conv.Inputs[2].Constant!.Bytes.Span).ToArray() : [];
    }

    public override int Units(int batch) => _x.IsShared ? batch : Convolution.Units(_weights, batch);

    // The kernel cuts its work by the number of instances: any up to the most may come.
    public override int ScratchBytes(int maxBatch) => Enumerable.Range(1, _x.IsShared ? 1 : maxBatch).Max(batch => Convolution.ScratchBytes(_weights, batch));

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch) => Continue(frame, -1, first, count, scratch);

    public override void Continue(RunFrame frame, int previous, int first, int count, Span<byte> scratch)
    {
        if (!_x.IsShared)
        {
            Convolution.Run<TX, TY>(_x.All<TX>(frame.Batch), frame.Batch, _weights, _bias, _rescaling.Kernel, _y.All<TY>(frame.Batch), first, count, scratch, previous);
            return;
        }
        for (int i = first; i < first + count; i++)
            Convolution.Run<TX, TY>(_x.Of<TX>(i), 1, _weights, _bias, _rescaling.Kernel, _y.Of<TY>(i), 0, Convolution.Units(_weights, 1), scratch);
    }
}
