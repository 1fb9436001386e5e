using System.Numerics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>Recovery from data, some bytes of all shards after the other.</summary>
internal readonly unsafe struct EncodeJob(ShardTable shards) : IColumnJob
{
    public void Run<T, TFactor>(nint column, nint length)
        where T : unmanaged, ISymbolLanes<T, TFactor>
        where TFactor : unmanaged
    {
        int block = shards.Block;
        int rows = shards.DataCount > block ? 2 * block : block;
        nint pitch = CodingScratch.Pitch(rows, T.Size, length);
        using var scratch = new CodingScratch(TransformTree<T, TFactor>.FactorBytes, rows * pitch);
        fixed (byte* memory = scratch.Memory)
        {
            byte* work = CodingScratch.Align(memory), factors = work + rows * pitch;
            for (nint end = column + length; column < end; column += pitch)
            {
                pitch = Math.Min(pitch, end - column);
                var data = new ShardRows<T, TFactor>(shards.Data + column, shards.DataStride, shards.DataCount);
                var recovery = new ShardRows<T, TFactor>(shards.Recovery + column, shards.RecoveryStride, shards.RecoveryCount);
                Run(data, recovery, block, work, pitch, factors);
            }
        }
    }

    private static void Run<T, TFactor>(ShardRows<T, TFactor> data, ShardRows<T, TFactor> recovery, int block, byte* work, nint pitch, byte* factors)
        where T : unmanaged, ISymbolLanes<T, TFactor>
        where TFactor : unmanaged
    {
        int layers = BitOperations.Log2((uint)block);
        TransformTree<T, TFactor>.Up(data, work, pitch, layers, block, factors);
        if (data.Count <= block)
        {
            TransformTree<T, TFactor>.Top<ExtendStep, AnyLead>(work, pitch, layers, block, factors);
        }
        else
        {
            // A degree below N - M means: the coefficients of the blocks of M values, taken one by one, sum to zero.
            TransformTree<T, TFactor>.Top<InvertStep, AnyLead>(work, pitch, layers, block, factors);
            byte* part = work + block * pitch;
            for (int first = block; first < data.Count; first += block)
            {
                TransformTree<T, TFactor>.Up(data.From(first), part, pitch, layers, block + first, factors);
                TransformTree<T, TFactor>.Top<InvertStep, AnyLead>(part, pitch, layers, block + first, factors);
                TransformKernel<T, TFactor>.Add(work, part, block * pitch);
            }
            TransformTree<T, TFactor>.Top<EvaluateStep, AnyLead>(work, pitch, layers, 0, factors);
        }
        TransformTree<T, TFactor>.Down(recovery, work, pitch, layers, factors);
    }
}
