using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Shared;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Airs;

/// <summary>What the hash AIRs vouch for, against other implementations: facts are asked for from outside, and the buses balance.</summary>
public sealed class HashAirTests
{
    [Fact]
    public void Blake3_RandomCompressions_AreThoseOfTheReference()
    {
        var random = new SeededRandom(1);
        Blake3Compression[] inputs = [.. Enumerable.Range(0, 5).Select(_ => AirCases.Blake3(random))];
        var checker = new TraceChecker<F>().Add(new Blake3CompressionAir(), Blake3Compression.Generate<F>(inputs));
        foreach (Blake3Compression input in inputs)
        {
            uint[] output = Compress(input);
            checker.Post(Buses.Blake3, BusDirection.Send, F.One,
                Limbs([.. input.Chaining.Span, .. input.Message.Span, (uint)input.Counter, (uint)(input.Counter >> 32), input.Length, input.Flags, .. output]));
        }
        Assert.Empty(checker.Faults());
    }

    [Fact]
    public void Blake3_ChunkOfEmptyInput_IsTheKnownAnswer()
    {
        uint[] vector = [.. Enumerable.Range(0, 8).Select(i => Blake3Core.InitialVector[i])];
        const uint ChunkStartEndRoot = 11;
        var trace = Blake3Compression.Generate<F>([new(vector, new uint[16], 0, 0, ChunkStartEndRoot)]);
        byte[] digest = Convert.FromHexString("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
        F[] fact = Limbs([.. vector, .. new uint[16], 0, 0, 0, ChunkStartEndRoot, .. LittleEndian(digest)]);
        Assert.Empty(new TraceChecker<F>().Add(new Blake3CompressionAir(), trace).Post(Buses.Blake3, BusDirection.Send, F.One, fact).Faults());
        fact[^1] += F.One;
        IReadOnlyList<TraceFault> faults = new TraceChecker<F>().Add(new Blake3CompressionAir(), trace).Post(Buses.Blake3, BusDirection.Send, F.One, fact).Faults();
        Assert.Equal([TraceFaultKind.Bus, TraceFaultKind.Bus], faults.Select(fault => fault.Kind));
        Assert.Equal((7, "blake3 compression"), (faults[0].Row, faults[0].Table));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(55)]
    [InlineData(56)]
    [InlineData(200)]
    public void Sha256_MessageOfALength_ChainsToTheDigest(int length)
    {
        byte[] message = new byte[length];
        new SeededRandom((ulong)length).NextBytes(message);
        byte[] padded = Pad(message);
        uint[] state = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];
        List<Sha256Compression> inputs = [];
        List<F[]> facts = [];
        for (int at = 0; at < padded.Length; at += 64)
        {
            uint[] block = BigEndian(padded.AsSpan(at, 64));
            inputs.Add(new(state, block));
            Trace<F> last = Sha256Compression.Generate<F>([inputs[^1]]);
            uint[] output = [.. Enumerable.Range(0, 8).Select(i => last[Sha256Columns.Output + 2 * i, 0].ToUInt32() | (last[Sha256Columns.Output + 2 * i + 1, 0].ToUInt32() << 16))];
            facts.Add(Limbs([.. state, .. block, .. output]));
            state = output;
        }
        Assert.Equal(BigEndian(SHA256.HashData(message)), state);
        var checker = new TraceChecker<F>().Add(new Sha256CompressionAir(), Sha256Compression.Generate<F>([.. inputs]));
        foreach (F[] fact in facts) checker.Post(Buses.Sha256, BusDirection.Send, F.One, fact);
        Assert.Empty(checker.Faults());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Keccak_RandomStates_ArePermutedAsByTheReference(int count)
    {
        var random = new SeededRandom((ulong)count);
        KeccakInput[] inputs = [.. Enumerable.Range(0, count).Select(_ => AirCases.Keccak(random) with { Asked = 2 })];
        var checker = new TraceChecker<F>().Add(new KeccakAir(), KeccakInput.Generate<F>(inputs));
        foreach (KeccakInput input in inputs)
        {
            KeccakState state = default;
            input.State.Span.CopyTo(state);
            KeccakPermutation.Permute(ref state);
            F[] fact = [.. input.State.ToArray().Concat(((ReadOnlySpan<ulong>)state).ToArray())
                .SelectMany(lane => Enumerable.Range(0, 4).Select(i => F.FromUInt64(lane >> (16 * i) & 0xFFFF)))];
            checker.Post(Buses.Keccak, BusDirection.Send, F.One, fact).Post(Buses.Keccak, BusDirection.Send, F.One, fact);
        }
        Assert.Empty(checker.Faults());
    }

    [Fact]
    public void Constraints_OverAnotherField_HoldToo()
    {
        var random = new SeededRandom(9);
        Assert.All(new TraceChecker<Field31<BabyBear>>(maxFaults: 100)
            .Add(new Blake3CompressionAir(), Blake3Compression.Generate<Field31<BabyBear>>([AirCases.Blake3(random)]))
            .Add(new Sha256CompressionAir(), Sha256Compression.Generate<Field31<BabyBear>>([new(AirCases.Words(random, 8), AirCases.Words(random, 16))]))
            .Add(new KeccakAir(), KeccakInput.Generate<Field31<BabyBear>>([AirCases.Keccak(random)]))
            .Faults(), fault => Assert.Equal((TraceFaultKind.Bus, "2013265920"), (fault.Kind, fault.Value)));
    }

    [Fact]
    public void Generate_InputsOfAWrongLength_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Blake3Compression.Generate<F>([new(new uint[7], new uint[16], 0, 0, 0)]));
        Assert.Throws<ArgumentException>(() => Blake3Compression.Generate<F>([new(new uint[8], new uint[15], 0, 0, 0)]));
        Assert.Throws<ArgumentException>(() => Sha256Compression.Generate<F>([new(new uint[9], new uint[16])]));
        Assert.Throws<ArgumentException>(() => Sha256Compression.Generate<F>([new(new uint[8], new uint[17])]));
        Assert.Throws<ArgumentException>(() => KeccakInput.Generate<F>([new(new ulong[24])]));
    }

    private static uint[] Compress(in Blake3Compression input)
    {
        Blake3Words chaining = default;
        Blake3Block block = default;
        input.Chaining.Span.CopyTo(chaining);
        for (int i = 0; i < 16; i++) BinaryPrimitives.WriteUInt32LittleEndian(block.Bytes[(4 * i)..], input.Message.Span[i]);
        Blake3Core.Compress(ref chaining, block, input.Counter, (int)input.Length, (Blake3Flags)input.Flags);
        return ((ReadOnlySpan<uint>)chaining).ToArray();
    }

    private static F[] Limbs(uint[] words) => [.. words.SelectMany(word => new[] { F.FromUInt32(word & 0xFFFF), F.FromUInt32(word >> 16) })];

    private static uint[] LittleEndian(byte[] bytes) => [.. bytes.Chunk(4).Select(word => BinaryPrimitives.ReadUInt32LittleEndian(word))];

    private static uint[] BigEndian(ReadOnlySpan<byte> bytes) => [.. bytes.ToArray().Chunk(4).Select(word => BinaryPrimitives.ReadUInt32BigEndian(word))];

    private static byte[] Pad(byte[] message)
    {
        var padded = new byte[(message.Length + 8) / 64 * 64 + 64];
        message.CopyTo(padded, 0);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(padded.AsSpan(padded.Length - 8), 8L * message.Length);
        return padded;
    }
}
