using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Batches;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

public sealed class ColumnTests
{
    private static readonly Arbitrary<int> s_seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void Numbers_OfAnyShape_ComeBack() => Law.Check(s_seeds, seed =>
    {
        ulong[] column = Column(new SeededRandom((ulong)seed));
        foreach (ColumnLayout layout in Enum.GetValues<ColumnLayout>())
            if (!Read(Write(column, layout), column.Length, layout, out ulong[] read).Equals(BatchFault.None) || !read.SequenceEqual(column)) return false;
        return true;
    }, nameof(Numbers_OfAnyShape_ComeBack), 600);

    [Theory]
    [InlineData(0UL)]
    [InlineData(7UL)]
    [InlineData(ulong.MaxValue)]
    public void EqualNumbers_TakeNoBytesEach(ulong value)
    {
        var column = new ulong[5_000];
        column.AsSpan().Fill(value);
        Assert.InRange(Write(column, ColumnLayout.Packed).Length, 1, 12);
        Assert.InRange(Write(column, ColumnLayout.Aligned).Length, 1, 12);
    }

    [Fact]
    public void Forms_AreTheShortest()
    {
        var random = new SeededRandom(1);
        ulong[] flags = [.. Enumerable.Range(0, 8_000).Select(_ => random.NextUInt64(2))];
        Assert.InRange(Write(flags, ColumnLayout.Packed).Length, 1_000, 1_004);
        ulong[] rare = [.. Enumerable.Range(0, 8_000).Select(i => i % 1_000 == 7 ? 1_000_000UL : 30)];
        Assert.InRange(Write(rare, ColumnLayout.Packed).Length, 10, 60);
        ulong[] few = [.. Enumerable.Range(0, 8_000).Select(_ => 1_000_003UL * (1 + random.NextUInt64(4)))];
        Assert.InRange(Write(few, ColumnLayout.Packed).Length, 2_000, 2_030);
        ulong[] even = [.. Enumerable.Range(0, 8_000).Select(_ => random.NextUInt64(1 << 10))];
        Assert.InRange(Write(even, ColumnLayout.Packed).Length, 9_900, 10_010);
    }

    [Fact]
    public void Amounts_ComeBack_AndEveryPairOfMantissaAndExponentIsTheOneOfItsAmount() => Law.Check(s_seeds, seed =>
    {
        var random = new SeededRandom((ulong)seed);
        UInt128[] column = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => Amount(random))];
        var output = new ArrayBufferWriter<byte>();
        var writer = new ColumnWriter();
        writer.Start(output, ColumnLayout.Packed);
        writer.WriteAmounts(column);
        var reader = new ColumnReader();
        reader.Start(output.WrittenMemory);
        var read = new UInt128[column.Length];
        if (!reader.TryReadAmounts(read) || reader.Remaining != 0 || !read.SequenceEqual(column)) return false;

        ulong mantissa = random.NextUInt64(1UL << random.Next(1, 37)), exponent = random.NextUInt64(33);
        return !DecimalFloat.TryJoin(mantissa, exponent, out UInt128 amount) || DecimalFloat.Split(amount) == (mantissa, (int)exponent);
    }, nameof(Amounts_ComeBack_AndEveryPairOfMantissaAndExponentIsTheOneOfItsAmount), 600);

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("1500000000000000000", 15, 17)]
    [InlineData("34359738367", 34359738367, 0)]
    [InlineData("34359738368", 0, DecimalFloat.Escape)]
    [InlineData("343597383680", 0, DecimalFloat.Escape)]
    [InlineData("100000000000000000000000000000000000000", 100_000_000, 30)]
    [InlineData("340282366920938463463374607431768211455", 0, DecimalFloat.Escape)]
    public void Amounts_AreSplit(string amount, ulong mantissa, int exponent) =>
        Assert.Equal((mantissa, exponent), DecimalFloat.Split(UInt128.Parse(amount, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void HostileColumns_AreRefused_OrAreWhatAWriterWrites()
    {
        byte[][] seeds = [.. Enumerable.Range(0, 30).SelectMany(i => Enum.GetValues<ColumnLayout>().Select(layout => Write(Column(new SeededRandom((ulong)i)), layout)))];
        int accepted = 0;
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            foreach (ColumnLayout layout in Enum.GetValues<ColumnLayout>())
            {
                int count = copy.Length == 0 ? 1 : 1 + copy[^1];
                if (Read(copy, count, layout, out ulong[] column) != BatchFault.None) continue;
                Assert.Equal(copy, Write(column, layout));
                accepted++;
            }
        }, count: 20_000);
        Assert.NotEqual(0, accepted);
    }

    private static byte[] Write(ulong[] column, ColumnLayout layout)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new ColumnWriter();
        writer.Start(output, layout);
        writer.WriteNumbers(column);
        Assert.Equal(output.WrittenCount, writer.Length);
        return output.WrittenSpan.ToArray();
    }

    private static BatchFault Read(byte[] bytes, int count, ColumnLayout layout, out ulong[] column)
    {
        var reader = new ColumnReader();
        reader.Start(new byte[] { (byte)layout }.Concat(bytes).ToArray());
        reader.TryReadLayout(out _);
        column = new ulong[count];
        if (!reader.TryReadNumbers(column)) return reader.Fault;
        return reader.Remaining == 0 ? BatchFault.None : BatchFault.TrailingBytes;
    }

    private static UInt128 Amount(SeededRandom random)
    {
        UInt128 amount = new(random.Next(4) == 0 ? random.NextUInt64() : 0, random.NextUInt64() >> random.Next(64));
        for (int i = random.Next(30); i > 0 && amount < UInt128.MaxValue / 10; i--) amount *= 10;
        return amount;
    }

    // Equal, flags, few values, mostly one value, of one width, of all widths, at the top of the range.
    private static ulong[] Column(SeededRandom random)
    {
        ulong common = random.NextUInt64() >> random.Next(64), other = random.NextUInt64() >> random.Next(64);
        int kind = random.Next(7), width = random.Next(64), count = random.Next(0, 300);
        return [.. Enumerable.Range(0, count).Select(_ => kind switch
        {
            0 => common,
            1 => random.NextUInt64(2),
            2 => common ^ random.NextUInt64(5),
            3 => random.Next(40) == 0 ? random.NextUInt64() >> width : common,
            4 => random.NextUInt64() >> width,
            5 => random.NextUInt64() >> random.Next(64),
            _ => random.Next(2) == 0 ? ulong.MaxValue - random.NextUInt64(3) : other,
        })];
    }
}
