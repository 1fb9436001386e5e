using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Rollups.Zk.Tests.State;
using Prozchain.Testing;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

public sealed class ProverInputTests
{
    [Fact]
    public void Bytes_OfASeededInput_AreFrozen()
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(Write(Make(new SeededRandom(1)))));
        Assert.True(digest == "cc183ff285fea3fbbdff3e425a02bdd7c4e1cf8f582b01aac8a2b071bc94eec9", $"Got {digest}.");
    }

    [Fact]
    public void TryRead_OfWhatWasWritten_GivesTheSame()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            ProverInput input = Make(new SeededRandom(seed));
            byte[] bytes = Write(input);
            Assert.True(ProverInput.TryRead(bytes, out ProverInput? read));
            Assert.Equal((input.Setup, input.ChainId, input.Time, input.FeeRecipient, input.RootBefore, input.ExitRootBefore), (read!.Setup, read.ChainId, read.Time, read.FeeRecipient, read.RootBefore, read.ExitRootBefore));
            Assert.Equal((input.Previous, input.Posting, input.Number), (read.Previous, read.Posting, read.Number));
            Assert.Equal(input.SegmentSteps, read.SegmentSteps);
            Assert.Equal(input.Source.ToArray(), read.Source.ToArray());
            Assert.Equal(input.Steps, read.Steps);
            Assert.Equal(input.Forced.Select(Words), read.Forced.Select(Words));
            Assert.Equal(input.Signatures.Select(pair => (Convert.ToHexString(pair.Sender.Span), Convert.ToHexString(pair.Sponsor.Span))), read.Signatures.Select(pair => (Convert.ToHexString(pair.Sender.Span), Convert.ToHexString(pair.Sponsor.Span))));
            Assert.Equal(bytes, Write(read));
            Assert.True(StatelessState<Tree>.TryOpen(read.RootBefore, read.State, out StatelessState<Tree> state));
            Assert.Equal(input.RootBefore, state.Root());
        }
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndTakesOneEncoding()
    {
        byte[][] seeds = [.. Enumerable.Range(1, 3).Select(seed => Write(Make(new SeededRandom((ulong)seed))))];
        int read = 0;
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (!ProverInput.TryRead(copy, out ProverInput? input)) return;
            read++;
            Assert.Equal(copy, Write(input!));
        }, 5_000);
        Assert.True(read > 100, $"Expected some mutations to be inputs, got {read}.");
        foreach (byte[] seed in seeds)
            for (int length = 0; length < seed.Length; length += 1 + length / 40) Assert.False(ProverInput.TryRead(seed.AsMemory(0, length), out _));
        Assert.False(ProverInput.TryRead((byte[])[.. seeds[0], 0], out _));
        Assert.False(ProverInput.TryRead((byte[])[1, .. seeds[0][1..]], out _));
    }

    [Fact]
    public void TryRead_ManySignaturesInFewBytes_TakesNoRoomForThem()
    {
        ProverInput empty = Make(new SeededRandom(2)) with { Forced = [], Source = default, Signatures = [], SegmentSteps = 1, Steps = default };
        byte[] bytes = Write(empty), claim = [.. bytes[..^18], 0x80, 0x80, 0x04, .. bytes[^17..]];
        Assert.Equal([0, 1], bytes[^18..^16]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(ProverInput.TryRead(claim, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64_000);
    }

    [Fact]
    public void Write_OfWhatNobodyReads_SaysSo()
    {
        ProverInput input = Make(new SeededRandom(3));
        Assert.Throws<ArgumentException>(() => Write(input with { FeeRecipient = AccountAddress.MaxNumber }));
        Assert.Throws<ArgumentException>(() => Write(input with { Forced = new ForcedInput[ProverInput.MaxForced + 1] }));
        Assert.Throws<ArgumentException>(() => Write(input with { Forced = [new ForcedInput(true, default, 0, 0, new byte[ForcedInput.MaxSize + 1])] }));
        Assert.Throws<ArgumentException>(() => Write(input with { Signatures = [default] }));
        Assert.Throws<ArgumentException>(() => Write(input with { Signatures = [new SignatureInput(Signature(new SeededRandom(1), 3), default)] }));
        Assert.Throws<ArgumentException>(() => Write(input with { SegmentSteps = 0 }));
        Assert.Throws<ArgumentException>(() => Write(input with { Source = new byte[ProverInput.MaxSourceSize + 1] }));
    }

    private static (bool, L1Address, ulong, ulong, string) Words(ForcedInput item) => (item.IsDeposit, item.Sender, item.Block, item.TimestampSeconds, Convert.ToHexString(item.Data.Span));

    private static ProverInput Make(SeededRandom random)
    {
        var store = new StateStore<Tree>();
        for (uint number = 0; number < 20; number++) store.Write(new Digest32(TreeMessages.Key(number)), TreeMessages.Record(random, number: number));
        Digest32 root = store.Root();
        var recording = new RecordingState<Tree>(store);
        for (int i = 0; i < 6; i++) recording.Read(new Digest32(TreeMessages.Key((uint)random.Next(30))), out _);
        return new ProverInput
        {
            Setup = Digest(random), ChainId = 7, Time = random.NextUInt64(), FeeRecipient = (uint)random.Next(1 << 30), RootBefore = root, ExitRootBefore = Digest(random),
            Previous = random.Next(3) == 0 ? null : BatchCase.Any(random.NextUInt64()).Previous,
            Posting = new BatchPosting(SourceKind.OffChain, random.Next(2) == 0, Digest(random), Digest(random), random.NextUInt64(), random.NextUInt64(), random.NextUInt64()) { Unfit = (random.NextUInt64(), Digest(random)) },
            State = recording.Witness()!,
            Forced = [.. Enumerable.Range(0, random.Next(4)).Select(i => new ForcedInput(i % 2 == 0, new L1Address(Bytes(random, 20)), random.NextUInt64(), random.NextUInt64(), Bytes(random, random.Next(300))))],
            Source = Bytes(random, random.Next(500)),
            Signatures = [.. Enumerable.Range(0, random.Next(4)).Select(i => new SignatureInput(Signature(random, 4 + i), i % 2 == 0 ? default : Signature(random, 10)))],
            SegmentSteps = 1 + random.Next(ProverInput.MaxSegmentSteps),
            Steps = (random.NextUInt64(), random.NextUInt64()),
        };
    }

    private static byte[] Write(ProverInput input)
    {
        var bytes = new ArrayBufferWriter<byte>();
        input.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private static byte[] Signature(SeededRandom random, int height) => [3, .. Bytes(random, HashSignature.SizeOf(height) - 1)];

    private static Digest32 Digest(SeededRandom random) => new(Bytes(random, 32));

    private static byte[] Bytes(SeededRandom random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
