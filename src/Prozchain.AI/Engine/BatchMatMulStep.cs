using System.Numerics;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>A product of two values.</summary>
internal sealed class BatchMatMulStep<TX>(IntegerNode node, Operand x, Operand y, Operand z) : Step(node)
    where TX : unmanaged, IBinaryInteger<TX>
{
    // All instances are one call, unless they share one side.
    private readonly bool _apart = x.IsShared || y.IsShared;
    private readonly ProductShape _shape = Shape(node);

    private ProductShape Whole(int batch) => _shape with { Batches = batch * _shape.Batches };

    public override int Units(int batch) => _apart ? batch : BatchProduct.Units<TX, sbyte>(Whole(batch));

    public override int ScratchBytes(int maxBatch) => BatchProduct.ScratchBytes<TX, sbyte>(_apart ? _shape : Whole(maxBatch));

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        if (!_apart)
        {
            BatchProduct.Run<TX, sbyte, int>(
                x.All<TX>(frame.Batch), y.All<sbyte>(frame.Batch), Whole(frame.Batch), Rescaling.None.Kernel, z.All<int>(frame.Batch), first, count, scratch);
            return;
        }
        for (int i = first; i < first + count; i++)
            BatchProduct.Run<TX, sbyte, int>(x.Of<TX>(i), y.Of<sbyte>(i), _shape, Rescaling.None.Kernel, z.Of<int>(i), 0, BatchProduct.Units<TX, sbyte>(_shape), scratch);
    }

    private static ProductShape Shape(IntegerNode node)
    {
        IntegerValue x = node.Inputs[0], y = node.Inputs[1];
        int batches = y.Rank == 2 ? 1 : y.Elements / (y.Shape[^1] * y.Shape[^2]);
        return new ProductShape(batches, x.Elements / x.Last / batches, x.Last, node.Output.Last, node.Attributes[0] == 1);
    }
}
