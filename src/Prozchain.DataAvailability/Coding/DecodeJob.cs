using System.Numerics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Missing shards from those that are there. With f the polynomial of the code and e that of the erasures, f·e is known
/// everywhere, and (f·e)' = f·e' where e is zero.
/// </summary>
/// <param name="shards">All shards.</param>
/// <param name="known">By element, e there, and 0 where no shard is.</param>
/// <param name="wanted">By element, 1 / e' there, and 0 where nothing is asked for.</param>
/// <param name="knownBefore">How many of <paramref name="known"/> are not 0 below each element, and below the end.</param>
/// <param name="wantedBefore">The same of <paramref name="wanted"/>.</param>
internal readonly unsafe struct DecodeJob(ShardTable shards, ushort* known, ushort* wanted, int* knownBefore, int* wantedBefore) : IColumnJob
{
    public void Run<T, TFactor>(nint column, nint length)
        where T : unmanaged, ISymbolLanes<T, TFactor>
        where TFactor : unmanaged
    {
        int rows = shards.Elements, layers = BitOperations.Log2((uint)rows);
        nint pitch = CodingScratch.Pitch(rows, T.Size, length);
        using var scratch = new CodingScratch(TransformTree<T, TFactor>.FactorBytes + T.FactorSize, rows * pitch);
        fixed (byte* memory = scratch.Memory)
        {
            byte* work = CodingScratch.Align(memory), scale = work + rows * pitch, factors = scale + T.FactorSize;
            for (nint end = column + length; column < end; column += pitch)
            {
                pitch = Math.Min(pitch, end - column);
                TransformTree<T, TFactor>.Up(new ScaledRows<T, TFactor>(shards, column, known, knownBefore, scale), work, pitch, layers, 0, factors);
                TransformTree<T, TFactor>.Top<DeriveStep, ZeroLead>(work, pitch, layers, 0, factors);
                TransformTree<T, TFactor>.Down(new ScaledRows<T, TFactor>(shards, column, wanted, wantedBefore, scale), work, pitch, layers, factors);
            }
        }
    }
}
