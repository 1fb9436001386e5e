using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.DirectoryColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>An entry of the directory that a segment reads or makes.</summary>
/// <param name="Key">The key.</param>
/// <param name="Number">Its account, below 2^30.</param>
/// <param name="IsCreated">Whether the segment makes it.</param>
/// <param name="Asked">How often it is asked for.</param>
internal readonly record struct DirectoryEntry(Eight Key, uint Number, bool IsCreated, uint Asked);

/// <summary>Writes the trace of <see cref="DirectoryAir"/>.</summary>
/// <typeparam name="TCells">The permutation.</typeparam>
internal static class DirectoryWriter<TCells> where TCells : struct, IPermutationCells<F>
{
    private const int KeyBytes = 32;

    /// <param name="entries">The entries.</param>
    /// <param name="tokens">Takes key and leaves of each; the segment is not set.</param>
    /// <param name="asks">Takes the compressions that are asked for.</param>
    /// <param name="asked">Counters of the 2^15 values of the range's table.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public static Trace<F> Generate(
        ReadOnlySpan<DirectoryEntry> entries, Span<Token> tokens, CompressionAsks<TCells> asks, Span<uint> asked, int leastLogRows = 0)
    {
        if (tokens.Length != entries.Length) throw new ArgumentException($"Expected {entries.Length} tokens, got {tokens.Length}.", nameof(tokens));
        var trace = new Trace<F>(Width, CircuitRows.Height(entries.Length, leastLogRows));
        Span<byte> address = stackalloc byte[1 + KeyBytes + 15];
        for (int row = 0; row < entries.Length; row++)
        {
            DirectoryEntry entry = entries[row];
            (trace[Used, row], trace[Created, row], trace[Asked, row]) = (F.One, entry.IsCreated ? F.One : F.Zero, F.FromUInt32(entry.Asked));
            ReadOnlySpan<uint> parts = [entry.Number % Limbs.Radix, entry.Number >> 15 & 0x1FF, entry.Number >> 24];
            for (int i = 0; i < 3; i++) trace[Number + i, row] = F.FromUInt32(parts[i]);
            foreach (uint ask in (ReadOnlySpan<uint>)[parts[0], parts[1], parts[1] << 6, parts[2], parts[2] << 9]) asked[(int)ask]++;

            address.Clear();
            address[0] = AccountAddress.HashScheme;
            for (int i = 0; i < Eight.Length; i++) entry.Key[i].Write(address[(1 + 4 * i)..]);
            for (int i = 0; i < KeyBytes; i++)
            {
                byte part = address[1 + i];
                trace[Bytes + i, row] = F.FromUInt32(part);
                asked[part]++;
                asked[part << (i % 4 == 3 ? 8 : 7)]++;
                if (i % 4 != 3) continue;
                if (part == 127) trace[IsTop + i / 4, row] = F.One;
                else trace[TopInverse + i / 4, row] = (F.FromUInt32(part) - F.FromUInt32(127)).Inverse();
            }
            (Eight first, Eight second) = (default, default);
            for (int i = 0; i < Eight.Length; i++) (first[i], second[i]) = (Three(address, i), Three(address, Eight.Length + i));
            Eight middle = HashWords.Ask(asks, CompressionWindow.N, HashWords.Start(HashWords.DirectoryDomain, HashWords.DirectorySize), first);
            Eight key = HashWords.Ask(asks, CompressionWindow.M, middle, second);
            Eight hash = HashWords.Ask(asks, CompressionWindow.M, HashWords.Start(HashWords.ValueDomain, HashWords.NumberSize), HashWords.WordsOf(entry.Number));
            Eight leaf = HashWords.Ask(asks, CompressionWindow.M, key, hash), before = entry.IsCreated ? default : leaf;
            for (int i = 0; i < Eight.Length; i++)
            {
                (trace[Middle + i, row], trace[DirectoryColumns.Key + i, row], trace[ValueHash + i, row]) = (middle[i], key[i], hash[i]);
                (trace[Leaf + i, row], trace[Before + i, row]) = (leaf[i], before[i]);
            }
            tokens[row] = new(key, 0, before, leaf);
        }
        return trace;
    }

    private static F Three(ReadOnlySpan<byte> address, int at) => F.FromUInt32((uint)(address[3 * at] | address[3 * at + 1] << 8 | address[3 * at + 2] << 16));
}
