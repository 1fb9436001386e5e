using Prozchain.AI.Codec;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Codec;

public class HuffmanTests
{
    [Fact]
    public void Make_RandomCounts_IsCompleteAndBestWithinItsLimit()
    {
        var random = new SeededRandom(1);
        var lengths = new byte[256];
        for (int trial = 0; trial < 300; trial++)
        {
            var counts = new uint[256];
            int symbols = random.Next(2, 257), skew = random.Next(1, 24);
            for (int i = 0; i < symbols; i++) counts[random.Next(256)] = (uint)(random.NextUInt64() >> (40 + random.Next(skew))) + 1;
            if (counts.Count(c => c != 0) < 2) continue;
            HuffmanTable.Make(counts, lengths);
            Assert.Equal(1 << HuffmanTable.MaxLength, lengths.Where(l => l != 0).Sum(l => 1 << (HuffmanTable.MaxLength - l)));
            Assert.All(Enumerable.Range(0, 256), i => Assert.Equal(counts[i] != 0, lengths[i] != 0));
            (long best, int longest) = Unlimited(counts);
            long bits = HuffmanTable.Bits(counts, lengths);
            if (longest <= HuffmanTable.MaxLength) Assert.Equal(best, bits);
            else Assert.InRange(bits, best, best + best / 4);
        }
    }

    [Fact]
    public void Write_AnyTable_ReadGivesItBack()
    {
        var random = new SeededRandom(2);
        byte[] lengths = new byte[256], read = new byte[256], written = new byte[HuffmanTable.MaxWritten];
        for (int trial = 0; trial < 300; trial++)
        {
            var counts = new uint[256];
            for (int i = random.Next(2, 300); i > 0; i--) counts[random.Next(256)] += (uint)random.Next(1, 1000);
            if (counts.Count(c => c != 0) < 2) continue;
            HuffmanTable.Make(counts, lengths);
            int size = HuffmanTable.Write(lengths, written);
            Assert.Equal(size, HuffmanTable.Read(written.AsSpan(0, size), read));
            Assert.Equal(lengths, read);
            for (int cut = 0; cut < size; cut++) Assert.Equal(0, HuffmanTable.Read(written.AsSpan(0, cut), read));
        }
    }

    [Theory]
    [InlineData("0001")] // no lengths
    [InlineData("000101")] // one code of one bit: not complete
    [InlineData("00021101")] // three codes of one bit
    [InlineData("0001c1")] // twelve bits
    [InlineData("0505f1")] // first is last
    [InlineData("000211")] // too short
    [InlineData("00021111")] // a length behind the last byte
    public void Read_NoCompleteCode_IsRefused(string hex)
    {
        Assert.Equal(0, HuffmanTable.Read(Convert.FromHexString(hex), new byte[256]));
        // The least table that there is: two codes of one bit.
        Assert.Equal(3, HuffmanTable.Read([0, 1, 0x11], new byte[256]));
    }

    [Fact]
    public void Decode_EveryTableEntry_SaysWhatBitByBitDecodingSays()
    {
        var random = new SeededRandom(3);
        var counts = new uint[256];
        for (int i = 0; i < 40; i++) counts[random.Next(256)] = 1u << random.Next(20);
        var lengths = new byte[256];
        var table = new ulong[HuffmanDecoder.TableSize];
        HuffmanTable.Make(counts, lengths);
        HuffmanDecoder.MakeTable(lengths, table);
        // Canonical codes, by their definition.
        var codes = new Dictionary<(int Length, int Code), byte>();
        int code = 0, before = 0;
        foreach (int symbol in Enumerable.Range(0, 256).Where(i => lengths[i] != 0).OrderBy(i => lengths[i]).ThenBy(i => i))
        {
            code <<= lengths[symbol] - before;
            before = lengths[symbol];
            codes.Add((before, code++), (byte)symbol);
        }
        for (int bits = 0; bits < 1 << HuffmanTable.MaxLength; bits++)
        {
            int at = 0, symbols = 0;
            for (int length = 1; at + length <= HuffmanTable.MaxLength && symbols < 6;)
            {
                if (!codes.TryGetValue((length, bits >> (HuffmanTable.MaxLength - at - length) & ((1 << length) - 1)), out byte symbol))
                {
                    length++;
                    continue;
                }
                Assert.Equal(symbol, (byte)(table[bits] >> (8 + 8 * symbols++)));
                at += length;
                length = 1;
            }
            Assert.Equal((at, symbols), ((int)table[bits] & 63, (int)(table[bits] >> 56)));
        }
    }

    private static (long Bits, int Longest) Unlimited(uint[] counts)
    {
        // By the book, with a queue: the sum of all nodes' weights is the count of bits.
        var queue = new PriorityQueue<(long Weight, int Depth), (long, int)>();
        foreach (uint count in counts)
            if (count != 0) queue.Enqueue((count, 0), (count, 0));
        long bits = 0;
        while (queue.Count > 1)
        {
            (long Weight, int Depth) a = queue.Dequeue(), b = queue.Dequeue();
            (long Weight, int Depth) parent = (a.Weight + b.Weight, Math.Max(a.Depth, b.Depth) + 1);
            bits += parent.Weight;
            queue.Enqueue(parent, (parent.Weight, parent.Depth));
        }
        return (bits, queue.Dequeue().Depth);
    }
}
