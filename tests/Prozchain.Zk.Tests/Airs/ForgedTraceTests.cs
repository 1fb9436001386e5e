using System.Buffers;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Airs;

/// <summary>Traces that a malicious prover makes whole, all cells that depend on the lie included: each states something false.</summary>
public sealed class ForgedTraceTests
{
    private const uint Radix = 1 << 16;

    /// <summary>
    /// Words 3 and 7 of the state are only ever summed, so that a limb of 2^16 and more passes if the carries absorb it.
    /// </summary>
    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Sha256_InputLimbBeyond16Bits_IsFound(int word)
    {
        var random = new SeededRandom(4);
        uint[] input = AirCases.Words(random, 8);
        input[word] = 0x00010005;
        Trace<F> trace = Sha256Compression.Generate<F>([new(input, AirCases.Words(random, 16))]);
        Assert.Empty(Faults(trace));

        int state = word == 3 ? Sha256Columns.D : Sha256Columns.H, carry = word == 3 ? Sha256Columns.CarryFirst : Sha256Columns.CarrySecond;
        for (int row = 0; row < 64; row++) MoveCarry(Sha256Columns.Input + 2 * word, row);
        MoveCarry(state, 0);
        RaiseCarry(Sha256Columns.CarryE);
        if (word == 7) RaiseCarry(Sha256Columns.CarryA);
        Assert.Equal(F.Zero, trace[carry, 60]);
        trace[carry, 60] = F.One;
        Assert.Contains(Faults(trace), fault => fault is { Kind: TraceFaultKind.Constraint, Row: 0 });

        void MoveCarry(int column, int row)
        {
            trace[column, row] += F.FromUInt32(Radix);
            trace[column + 1, row] -= F.One;
        }

        void RaiseCarry(int column)
        {
            uint value = 0;
            for (int i = 0; i < 3; i++) value += trace[column + i, 0].ToUInt32() << i;
            Assert.InRange(value, 0u, 6u);
            trace.WriteBits(column, 0, value + 1, 3);
        }

        static IReadOnlyList<TraceFault> Faults(Trace<F> trace)
        {
            var fact = new F[64];
            for (int i = 0; i < 16; i++) (fact[i], fact[48 + i]) = (trace[Sha256Columns.Input + i, 0], trace[Sha256Columns.Output + i, 0]);
            for (int i = 0; i < 16; i++)
            {
                WordCells cells = Sha256Columns.WordW(i);
                uint bits = cells.IsBits ? ReadBits(trace, cells.Column) : 0;
                fact[16 + 2 * i] = cells.IsBits ? F.FromUInt32(bits & 0xFFFF) : trace[cells.Column, 0];
                fact[17 + 2 * i] = cells.IsBits ? F.FromUInt32(bits >> 16) : trace[cells.Column + 1, 0];
            }
            return new TraceChecker<F>().Add(new Sha256CompressionAir(), trace).Post(Buses.Sha256, BusDirection.Send, F.One, fact).Faults();
        }
    }

    /// <summary>The blocks of a file of several chunks see only its chunks' chaining values, not the hash that they claim.</summary>
    [Fact]
    public void Blake3File_BlocksThatClaimAnotherHash_AreFound()
    {
        byte[] file = Bytes(2500, 1), other = Bytes(2500, 2);
        var tables = new Blake3File<F>(file);
        var claimed = new Blake3File<F>(other);
        Assert.NotEmpty(new TraceChecker<F>()
            .Add(new Blake3BlocksAir(2500, 16), tables.Blocks, Blake3File<F>.PublicValues(claimed.Hash.Span, file.AsSpan(0, 16)))
            .Add(new Blake3ParentsAir(2500), tables.Parents!, Blake3File<F>.PublicValues(tables.Hash.Span, []))
            .Add(new Blake3CompressionAir(), Blake3Compression.Generate<F>(tables.Compressions.Span))
            .Add(new ByteRangeAir(), tables.Bytes).Faults());
    }

    /// <summary>Two files in one proof swap their first chunks on the bus: each hash then is of a file with the other's prefix.</summary>
    [Fact]
    public void Blake3File_TwoFilesThatSwapAChunk_AreFound()
    {
        byte[] a = Bytes(2048, 1), b = Bytes(2048, 2);
        Blake3File<F> first = new(a), second = new(b), mixed = new([.. b[..1024], .. a[1024..]]), rest = new([.. a[..1024], .. b[1024..]]);
        const int Blocks = 32;
        Blake3Compression[] compressions = [.. first.Compressions.Span[..Blocks], .. second.Compressions.Span[..Blocks],
            .. mixed.Compressions.Span[Blocks..], .. rest.Compressions.Span[Blocks..]];
        Assert.NotEmpty(new TraceChecker<F>()
            .Add(new Blake3BlocksAir(2048, 16), first.Blocks, Blake3File<F>.PublicValues(mixed.Hash.Span, a.AsSpan(0, 16)))
            .Add(new Blake3ParentsAir(2048), mixed.Parents!, Blake3File<F>.PublicValues(mixed.Hash.Span, []))
            .Add(new Blake3BlocksAir(2048, 16), second.Blocks, Blake3File<F>.PublicValues(rest.Hash.Span, b.AsSpan(0, 16)))
            .Add(new Blake3ParentsAir(2048), rest.Parents!, Blake3File<F>.PublicValues(rest.Hash.Span, []))
            .Add(new Blake3CompressionAir(), Blake3Compression.Generate<F>(compressions))
            .Add(new ByteRangeAir(), first.Bytes).Add(new ByteRangeAir(), second.Bytes).Faults());
    }

    /// <summary>A sender without a bound may send a message -1 times, or p - 1, which cancels that of one who vouches for nothing.</summary>
    [Theory]
    [InlineData(BusKind.Lookup, BusDirection.Send)]
    [InlineData(BusKind.Permutation, BusDirection.Send)]
    [InlineData(BusKind.Permutation, BusDirection.Receive)]
    public void Checker_InteractionWithoutTheBoundItOwes_IsRefused(BusKind kind, BusDirection direction) =>
        Assert.Throws<ArgumentException>(() => new TraceChecker<F>().Add(new UnboundedAir(kind, direction), new Trace<F>(1, 2)));

    /// <summary>The graph refuses such a period too: read by rows, it would not be the polynomial that a verifier computes.</summary>
    [Fact]
    public void Checker_PeriodOfNoPowerOfTwo_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new TraceChecker<F>().Add(new PeriodOfThreeAir(), new Trace<F>(1, 8)));

    /// <summary>Names that differ must differ in the bytes that bind a proof; lone surrogates would all become one character.</summary>
    [Fact]
    public void Describe_BusNamesOfLoneSurrogates_AreRefused()
    {
        ConstraintGraph graph = ConstraintGraph.Of(new NamedBusAir("\ud800"));
        Assert.ThrowsAny<ArgumentException>(() => graph.Describe(new ArrayBufferWriter<byte>()));
    }

    /// <summary>The word of 32 cells of the first row that hold bits.</summary>
    private static uint ReadBits(Trace<F> trace, int column)
    {
        uint word = 0;
        for (int i = 0; i < 32; i++) word |= trace[column + i, 0].ToUInt32() << i;
        return word;
    }

    private static byte[] Bytes(int length, ulong seed)
    {
        byte[] bytes = new byte[length];
        new SeededRandom(seed).NextBytes(bytes);
        return bytes;
    }

    private readonly struct UnboundedAir(BusKind kind, BusDirection direction) : IAir
    {
        public AirShape Shape => new() { Name = "unbounded", Width = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue> => b.Interact(new("bus", 1, kind), direction, b.Local(0), [b.Constant(5)], bound: 0);
    }

    private readonly struct NamedBusAir(string name) : IAir
    {
        public AirShape Shape => new() { Name = "named", Width = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue> => b.Send(new(name, 1, BusKind.Lookup), b.Constant(1), [b.Local(0)]);
    }

    private readonly struct PeriodOfThreeAir : IAir
    {
        public AirShape Shape => new() { Name = "period of three", Width = 1, Periodic = [new ulong[] { 1, 2, 3 }] };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue> => b.AssertZero(Rows.All, b.Local(0), "zero");
    }
}
