using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Batches;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

public sealed class ChannelTests
{
    private static readonly ChannelRules s_rules = new(TimeoutBlocks: 5, MaxChannelBytes: 4_000, MaxBankBytes: 9_000, MaxContentBytes: 10_000);

    [Fact]
    public void Frames_TakeTwentyThreeBytesEach_AndComeBack()
    {
        byte[] content = new SeededRandom(1).Bytes(1_000);
        List<ReadOnlyMemory<byte>> sources = Split(content, 124);
        Assert.Equal(10, sources.Count);
        Assert.Equal(23, Frame.Overhead);
        Assert.Equal(content.Length + sources.Count * (1 + Frame.Overhead), sources.Sum(source => source.Length));
        var frames = new List<Frame>();
        foreach (ReadOnlyMemory<byte> source in sources) Assert.True(Frame.TryReadAll(source, frames));
        Assert.Equal(content, frames.SelectMany(frame => frame.Data.ToArray()));
        Assert.All(frames, frame => Assert.Equal(ChannelId.Of(content), frame.Channel));
        Assert.Equal(9, frames.Single(frame => frame.IsLast).Number);
        var output = new ArrayBufferWriter<byte>();
        output.Write([Frame.SourceVersion]);
        foreach (Frame frame in frames) frame.Write(output);
        var again = new List<Frame>();
        Assert.True(Frame.TryReadAll(output.WrittenMemory, again));
        Assert.Equal(10, again.Count);
        Assert.Throws<ArgumentException>(() => Frame.Split([], 124, _ => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Frame.Split([1], 24, _ => { }));
    }

    [Fact]
    public void Channels_CloseHoweverTheirFramesAreMixed() => Law.Check(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new SeededRandom((ulong)seed);
        byte[][] contents = [.. Enumerable.Range(0, 3).Select(_ => random.Bytes(random.Next(1, 500)))];
        ReadOnlyMemory<byte>[] sources = [.. contents.SelectMany(content => Split(content, random.Next(100, 300)))];
        // Duplicates among them come before the last frame that misses, or after.
        sources = [.. sources, .. sources.Where(_ => random.Next(3) == 0)];
        random.Shuffle(sources);
        var bank = new ChannelBank(s_rules);
        var closed = new HashSet<string>();
        for (int i = 0; i < sources.Length; i++)
            foreach (ClosedChannel channel in bank.Add((ulong)(5 * i / sources.Length), default, sources[i])) closed.Add(Convert.ToHexString(channel.Join()));
        return contents.All(content => closed.Contains(Convert.ToHexString(content)));
    }, nameof(Channels_CloseHoweverTheirFramesAreMixed));

    [Fact]
    public void Rewinding_IsAsIfTheBlocksHadNeverBeen() => Law.Check(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new SeededRandom((ulong)seed);
        List<ReadOnlyMemory<byte>> sources = [.. Enumerable.Range(0, 12).SelectMany(i => Split(random.Bytes(300), 150)), random.Bytes(40), default];
        (ulong Block, ReadOnlyMemory<byte> Source)[] first = Schedule(), second = Schedule();
        ulong fork = (ulong)random.Next(2, 20);
        var bank = new ChannelBank(s_rules);
        foreach ((ulong block, ReadOnlyMemory<byte> source) in first) bank.Add(block, default, source);
        bank.Finalize((ulong)random.Next((int)fork));
        bank.Rewind(fork);
        var fresh = new ChannelBank(s_rules);
        foreach ((ulong block, ReadOnlyMemory<byte> source) in first.Where(entry => entry.Block <= fork)) fresh.Add(block, default, source);
        if (Describe(bank, []) != Describe(fresh, [])) return false;
        return second.Where(entry => entry.Block > fork).All(entry => Describe(bank, bank.Add(entry.Block, default, entry.Source)) == Describe(fresh, fresh.Add(entry.Block, default, entry.Source)));

        (ulong, ReadOnlyMemory<byte>)[] Schedule() =>
            [.. Enumerable.Range(0, 40).Select(i => ((ulong)(i / 2), sources[random.Next(sources.Count)]))];
    }, nameof(Rewinding_IsAsIfTheBlocksHadNeverBeen));

    [Fact]
    public void Channels_TimeOut()
    {
        List<ReadOnlyMemory<byte>> sources = Split(new byte[200], 150);
        var bank = new ChannelBank(s_rules);
        Assert.Empty(bank.Add(10, default, sources[0]));
        Assert.Single(bank.Add(15, default, sources[1]));
        Assert.Empty(bank.Add(20, default, sources[0]));
        Assert.Empty(bank.Add(26, default, sources[1]));
        Assert.Equal(1, bank.OpenCount);
        // The second frame opened a channel of its own, at block 26.
        Assert.Single(bank.Add(31, default, sources[0]));
        Assert.Equal((0, 0L), (bank.OpenCount, bank.Bytes));
    }

    [Fact]
    public void BrokenSources_CountAsEmpty()
    {
        ReadOnlyMemory<byte> source = Split(new byte[50], 150)[0];
        var bank = new ChannelBank(s_rules);
        byte[] cut = source[..^1].ToArray(), longer = [.. source.Span, 0], version = [1, .. source.Span[1..]], flag = source.ToArray(), length = source.ToArray();
        flag[^1] = 2;
        length[1 + 16 + 2]++;
        byte[] second = [.. source.Span, .. cut.AsSpan(1)];
        foreach (byte[] broken in (byte[][])[cut, longer, version, flag, length, second, [], [0]]) Assert.Empty(bank.Add(1, default, broken));
        Assert.Equal(0, bank.OpenCount);
        Assert.Single(bank.Add(1, default, source));
        HostileBytes.Feed([source.ToArray(), second], bytes => bank.Add(2, default, bytes.ToArray()), count: 5_000);
        Assert.InRange(bank.Bytes, 0, s_rules.MaxBankBytes);
    }

    [Fact]
    public void LaterWordsOnTheSameFrame_DoNotCount()
    {
        var bank = new ChannelBank(s_rules);
        var id = new ChannelId(7);
        Assert.Empty(Add(new Frame(id, 1, false, new byte[] { 9 })));
        Assert.Empty(Add(new Frame(id, 3, false, new byte[] { 9 })));
        Assert.Empty(Add(new Frame(id, 2, true, new byte[] { 3 })));
        Assert.Equal(2 * 201, bank.Bytes);
        Assert.Empty(Add(new Frame(id, 1, false, new byte[] { 8 })));
        Assert.Empty(Add(new Frame(id, 5, true, new byte[] { 8 })));
        Assert.Equal((byte[])[1, 9, 3], Assert.Single(Add(new Frame(id, 0, false, new byte[] { 1 }))).Join());

        IReadOnlyList<ClosedChannel> Add(in Frame frame)
        {
            var output = new ArrayBufferWriter<byte>();
            output.Write([Frame.SourceVersion]);
            frame.Write(output);
            return bank.Add(1, default, output.WrittenMemory);
        }
    }

    [Fact]
    public void TooMuch_IsDropped_OldestFirst()
    {
        var bank = new ChannelBank(s_rules);
        List<ReadOnlyMemory<byte>> large = Split(new byte[3_000], 100);
        foreach (ReadOnlyMemory<byte> source in large[..^1]) bank.Add(1, default, source);
        Assert.InRange(bank.Bytes, 0, s_rules.MaxChannelBytes);
        var fresh = new ChannelBank(s_rules);
        ReadOnlyMemory<byte>[][] pairs = [.. Enumerable.Range(0, 6).Select(i => Split(new SeededRandom((ulong)i).Bytes(3_000), 2_000).ToArray())];
        foreach (ReadOnlyMemory<byte>[] pair in pairs) fresh.Add(1, default, pair[0]);
        Assert.Equal(4, fresh.OpenCount);
        Assert.Empty(fresh.Add(1, default, pairs[0][1]));
        Assert.Single(fresh.Add(1, default, pairs[5][1]));
        Assert.Throws<ArgumentException>(() => fresh.Add(0, default, pairs[5][1]));
    }

    [Fact]
    public void Posters_DoNotSpoilEachOthersChannels()
    {
        List<ReadOnlyMemory<byte>> sources = Split(new byte[200], 150);
        byte[] spoilt = sources[1].ToArray();
        spoilt[^2] ^= 1;
        var bank = new ChannelBank(s_rules);
        L1Address other = new(new SeededRandom(1).Bytes(L1Address.Size));
        bank.Add(1, default, sources[0]);
        Assert.Empty(bank.Add(1, other, spoilt));
        Assert.Equal(new byte[200], Assert.Single(bank.Add(1, default, sources[1])).Join());
        Assert.Equal(1, bank.OpenCount);
    }

    internal static List<ReadOnlyMemory<byte>> Split(byte[] content, int size)
    {
        var sources = new List<ReadOnlyMemory<byte>>();
        Frame.Split(content, size, sources.Add);
        return sources;
    }

    private static string Describe(ChannelBank bank, IReadOnlyList<ClosedChannel> closed) =>
        $"{bank.OpenCount} {bank.Bytes} {string.Join(' ', closed.Select(channel => $"{channel.Id} {channel.OpenedAt} {channel.ClosedAt} {Convert.ToHexString(channel.Join())}"))}";
}
