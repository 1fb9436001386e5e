using System.Buffers;

namespace Prozchain.DataAvailability.Coding;

/// <summary>Prepares a decoding: which element is known, which is wanted, and what each is multiplied by.</summary>
internal static unsafe class Decoding
{
    /// <param name="present">By shard, data first; at least as many as there are data shards.</param>
    public static void Run(ShardTable shards, CantorField field, ReadOnlySpan<bool> present, bool withRecovery, int size)
    {
        int block = shards.Block, elements = shards.Elements;
        bool[] erasedMemory = ArrayPool<bool>.Shared.Rent(elements);
        ushort[] factors = ArrayPool<ushort>.Shared.Rent(3 * elements);
        int[] before = ArrayPool<int>.Shared.Rent(2 * (elements + 1));

        Span<bool> erased = erasedMemory.AsSpan(0, elements);
        erased.Clear();
        for (int i = 0; i < block; i++) erased[i] = i >= shards.RecoveryCount || !present[shards.DataCount + i];
        for (int i = 0; i < shards.DataCount; i++) erased[block + i] = !present[i];
        Span<ushort> locator = factors.AsSpan(2 * elements, elements);
        ErasureLocator.Logarithms(field, erased, locator);

        fixed (ushort* known = factors)
        fixed (int* knownBefore = before)
        {
            ushort* wanted = known + elements;
            int* wantedBefore = knownBefore + elements + 1;
            int knowns = 0, wants = 0;
            for (int i = 0; i < elements; i++)
            {
                bool isShard = i < block ? i < shards.RecoveryCount : i < block + shards.DataCount;
                bool isWanted = isShard && erased[i] && (withRecovery || i >= block);
                (knownBefore[i], wantedBefore[i]) = (knowns, wants);
                known[i] = isShard && !erased[i] ? (ushort)field.Exp(locator[i]) : (ushort)0;
                wanted[i] = isWanted ? (ushort)field.Exp(field.Modulus - locator[i]) : (ushort)0;
                if (known[i] != 0) knowns++;
                if (wanted[i] != 0) wants++;
            }
            (knownBefore[elements], wantedBefore[elements]) = (knowns, wants);
            var job = new DecodeJob(shards, known, wanted, knownBefore, wantedBefore);
            SymbolLanes.Run(ref job, field, 0, size);
        }
        ArrayPool<bool>.Shared.Return(erasedMemory);
        ArrayPool<ushort>.Shared.Return(factors);
        ArrayPool<int>.Shared.Return(before);
    }
}
