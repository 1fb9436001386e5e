using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Airs;

/// <summary>
/// Traces about a file's SHA-256 hash that a malicious prover makes whole: each block is a compression, of the bytes and from the
/// state that suit the lie. The checker names what is wrong, the prover makes no proof,
/// and what a prover without scruples makes is not accepted.
/// </summary>
public sealed class Sha256FileForgeryTests
{
    private const int Length = 190, Prefix = 4;

    private static readonly byte[] File = Sha256FileTests.MakeFile(Length);

    /// <summary>The forger's tools make an honest trace, which proves.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(2, 2)]
    public void Honest_Trace_IsProven(params int[] parts)
    {
        Forgery forgery = new(parts);
        Assert.Empty(forgery.Faults());
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(forgery.Key, forgery.Values, forgery.Prove()));
    }

    /// <summary>Another file's blocks, under this one's hash.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(2, 2)]
    public void OtherBytes_AreRefused(params int[] parts)
    {
        Forgery forgery = new(parts);
        forgery.Blocks[1][7] ^= 1;
        forgery.AssertRefused("chain");
    }

    /// <summary>The state before a block is any, and the hash what comes of it.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(2, 2)]
    public void StateThatDoesNotFollow_IsRefused(params int[] parts)
    {
        Forgery forgery = new(parts);
        forgery.States[2] = [1, 2, 3, 4, 5, 6, 7, 8];
        forgery.ClaimHash();
        forgery.AssertRefused(parts.Length == 1 ? "chain" : "sha-256 states");
    }

    /// <summary>A block follows on the one before the last: that in between does not count.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(2, 2)]
    public void BlockLeftOut_IsRefused(params int[] parts)
    {
        Forgery forgery = new(parts);
        forgery.States[2] = forgery.StateAfter(0);
        forgery.ClaimHash();
        forgery.AssertRefused(parts.Length == 1 ? "chain" : "sha-256 states");
    }

    /// <summary>The file's hash is reached from a first state of the forger's own.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(2, 2)]
    public void OtherFirstState_IsRefused(params int[] parts)
    {
        Forgery forgery = new(parts);
        forgery.States[0] = [0, 2, 3, 4, 5, 6, 7, 8];
        forgery.ClaimHash();
        forgery.AssertRefused("initial state");
    }

    /// <summary>The hash of a message that no file of this length is padded to: its first byte of padding, a zero, its length.</summary>
    [Theory]
    [InlineData(Length, 0x80, "padding before")]
    [InlineData(Length + 1, 1, "padding before")]
    [InlineData(192, 1, "padding")]
    [InlineData(255, 1, "padding")]
    public void OtherPadding_IsRefused(int at, int mask, string fault)
    {
        foreach (int[] parts in (int[][])[[4], [2, 2]])
        {
            Forgery forgery = new(parts);
            forgery.Blocks[at / 64][at % 64] ^= (byte)mask;
            forgery.ClaimHash();
            forgery.AssertRefused(fault);
        }
    }

    /// <summary>A file that starts otherwise, with its own hash.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(2, 2)]
    public void OtherPrefix_IsRefused(params int[] parts)
    {
        Forgery forgery = new(parts);
        forgery.Blocks[0][3] ^= 1;
        forgery.ClaimHash();
        forgery.AssertRefused("prefix");
    }

    /// <summary>The state between the parts, whose limbs nobody but the part that receives them keeps in range, moves a carry up.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public void StateBetweenParts_LimbBeyond16Bits_IsRefused(int word)
    {
        Forgery forgery = new([2, 2]);
        Trace<F>[] traces = forgery.Traces();
        int last = 15, limb = 2 * word;
        // The first part hands on low + 2^16 and high - 1: one carry less.
        if (traces[0][Sha256BlocksColumns.CarryOut + limb, last] != F.One) Assert.Fail("Expected a carry to leave out.");
        traces[0][Sha256BlocksColumns.CarryOut + limb, last] = F.Zero;
        for (int row = 0; row < 8; row++)
        {
            traces[1][Sha256BlocksColumns.Input + limb, row] += F.FromUInt32(1 << 16);
            traces[1][Sha256BlocksColumns.Input + limb + 1, row] -= F.One;
        }
        Assert.Contains(forgery.Faults(traces), fault => fault is { Kind: TraceFaultKind.Constraint, Table: "sha-256 blocks" } && fault.Row % 8 < 2);
    }

    private sealed class Forgery
    {
        private readonly Sha256FileStatement _statement;
        private byte[] _hash = Sha256FileTests.Hash(File);

        public Forgery(int[] parts)
        {
            _statement = new(Length, Prefix, 0, parts);
            Sha256FileLayout layout = new(Length);
            for (int i = 0; i < layout.Blocks; i++)
            {
                byte[] block = new byte[64];
                File.AsSpan(Math.Min(Length, 64 * i), layout.FileBytes(i)).CopyTo(block);
                layout.Pad(i, block);
                Blocks.Add(block);
            }
            Key = StarkKey.Create<F>(_statement.Airs, StarkParameters.ForTarget(80, StarkKey.ShapeOf<F>(_statement.Airs, 4, 5)));
        }

        public List<byte[]> Blocks { get; } = [];

        /// <summary>States that blocks start from, where that is not the one before.</summary>
        public Dictionary<int, uint[]> States { get; } = [];

        public StarkKey<F> Key { get; }

        public F[][] Values => _statement.PublicValues<F>(_hash, File.AsSpan(0, Prefix));

        public uint[] StateAfter(int block)
        {
            Write(block, out uint[] state);
            return state;
        }

        public void ClaimHash()
        {
            Write(Blocks.Count - 1, out uint[] state);
            for (int i = 0; i < 8; i++) BinaryPrimitives.WriteUInt32BigEndian(_hash.AsSpan(4 * i), state[i]);
        }

        public Trace<F>[] Traces() => Write(Blocks.Count - 1, out _);

        public IReadOnlyList<TraceFault> Faults(Trace<F>[]? traces = null) => Sha256FileTests.Check(_statement, traces ?? Traces(), _hash, File.AsSpan(0, Prefix));

        public StarkProof Prove() => StarkProver.Prove(Key, Traces(), Values);

        public void AssertRefused(string label)
        {
            IReadOnlyList<TraceFault> faults = Faults();
            Assert.NotEmpty(faults);
            Assert.All(faults, fault => Assert.True(fault.Constraint == label || fault.Constraint.StartsWith(label + "[", StringComparison.Ordinal), $"Expected {label}, got {fault}."));
            Assert.Throws<InvalidTraceException>(Prove);
            foreach (bool fits in (bool[])[false, true])
            {
                StarkProof lie = new LyingProver(Key, Traces(), Values) { FitsQuotient = fits }.Prove();
                Assert.NotEqual(VerifyResult.Valid, StarkVerifier.Verify(Key, Values, lie));
            }
        }

        private Trace<F>[] Write(int lastBlock, out uint[] state)
        {
            state = Sha256Rounds.InitialVector.ToArray();
            List<Trace<F>> traces = [];
            int block = 0;
            foreach (int count in _statement.Parts)
            {
                Trace<F> trace = new(Sha256BlocksColumns.Width, 8 * count);
                Sha256BlocksWriter<F> writer = new(trace);
                for (int i = 0; i < count && block <= lastBlock; i++, block++)
                {
                    if (States.TryGetValue(block, out uint[]? other)) state = [.. other];
                    writer.Write(state, Blocks[block], isTaken: true);
                }
                writer.Finish();
                traces.Add(trace);
            }
            return [.. traces];
        }
    }
}
