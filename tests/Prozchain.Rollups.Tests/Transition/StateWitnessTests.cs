using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Transition;

public sealed class StateWitnessTests
{
    private static readonly HashSigner s_alice = PaymentWorld.Person(0), s_bob = PaymentWorld.Person(1), s_new = PaymentWorld.Person(99);
    private readonly PaymentWorld _world = new();
    private readonly Payments<KeccakTree> _transition;

    public StateWitnessTests()
    {
        _transition = new Payments<KeccakTree>(_world.Rules, new HashVerifier());
        for (int i = 0; i < 40; i++) _world.Deposit(PaymentWorld.Person(i), 1_000);
    }

    private StateStore<KeccakTree> State => _world.State;

    [Fact]
    public void TryRead_OfWhatWriteWrote_OpensToTheSameRoot()
    {
        StateWitness witness = Record(Pay(s_new));
        byte[] bytes = Encode(witness);
        Assert.Equal(WitnessReadResult.Ok, StateWitness.TryRead(bytes, out StateWitness read));
        Assert.Equal(bytes, Encode(read));
        Assert.True(StatelessState<KeccakTree>.TryOpen(State.Root(), read, out StatelessState<KeccakTree> part));
        Assert.Equal(State.Root(), part.Root());
    }

    [Fact]
    public void TryOpen_AgainstAnotherRoot_IsRefused()
    {
        StateWitness witness = Record(Pay(s_bob));
        Assert.False(StatelessState<KeccakTree>.TryOpen(World.Root(1), witness, out _));
        Assert.False(StatelessState<KeccakTree>.TryOpen(default, witness, out _));
    }

    [Fact]
    public void TryOpen_WithAnyByteForged_IsRefused()
    {
        Payment payment = Pay(s_new);
        byte[] bytes = Encode(Record(payment));
        for (int i = 1; i < bytes.Length; i++)
        {
            byte[] forged = [.. bytes];
            forged[i] ^= 0x10;
            Assert.False(StateWitness.TryRead(forged, out StateWitness read) == WitnessReadResult.Ok && StatelessState<KeccakTree>.TryOpen(State.Root(), read, out _));
        }
    }

    [Fact]
    public void Apply_WithALeftOutKey_SaysMissingAndNotAFault()
    {
        Payment payment = Pay(s_bob);
        foreach (Digest32 kept in (Digest32[])[PaymentKeys.Account(s_alice.Address), PaymentKeys.Balance(s_alice.Address, 0), PaymentKeys.Account(s_bob.Address), PaymentKeys.Balance(s_bob.Address, 0)])
        {
            var recording = new RecordingState<KeccakTree>(State);
            recording.Read(kept, out _);
            Assert.True(StatelessState<KeccakTree>.TryOpen(State.Root(), recording.Witness()!, out StatelessState<KeccakTree> state));
            Assert.Equal(TransitionStatus.MissingState, _transition.Apply(payment, true, _world.Hosts.Context, state, new EffectLog()).Status);
            Assert.Equal(State.Root(), state.Root());
        }
        Assert.True(StatelessState<KeccakTree>.TryOpen(State.Root(), StateWitness.Empty, out StatelessState<KeccakTree> none));
        Assert.Equal(TransitionStatus.MissingState, _transition.Apply(payment, true, _world.Hosts.Context, none, new EffectLog()).Status);
        Assert.Equal(State.Root(), none.Root());
    }

    /// <summary>The most leaves that there may be are read; one more is refused before room is taken for any.</summary>
    [Fact]
    public void TryRead_AtTheBoundOfLeaves_TakesNoRoomForMore()
    {
        // A whole tree of leaves without a value.
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write([(byte)0]);
        Fill(20);
        Assert.Equal(WitnessReadResult.Ok, StateWitness.TryRead(bytes.WrittenSpan, out StateWitness most));
        Assert.Equal(StateWitness.MaxKeys, most.Count);
        byte[] more = [0, WitnessCodec.Inner, WitnessCodec.Leaf, .. new byte[33], .. bytes.WrittenSpan[1..]];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(WitnessReadResult.LimitExceeded, StateWitness.TryRead(more, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_096);

        void Fill(int levels)
        {
            if (levels == 0)
            {
                Span<byte> leaf = bytes.GetSpan(34)[..34];
                leaf.Clear();
                leaf[0] = WitnessCodec.Leaf;
                bytes.Advance(34);
                return;
            }
            bytes.Write([WitnessCodec.Inner]);
            for (int child = 0; child < 2; child++) Fill(levels - 1);
        }
    }

    [Fact]
    public void TryRead_NotCanonical_IsRefused()
    {
        byte[] bytes = Encode(Record(Pay(s_bob)));
        Assert.Equal(WitnessReadResult.Malformed, StateWitness.TryRead([.. bytes, 0], out _));
        Assert.Equal(WitnessReadResult.UnknownVersion, StateWitness.TryRead([1, .. bytes.AsSpan(1)], out _));
        Assert.Equal(WitnessReadResult.Malformed, StateWitness.TryRead(bytes.AsSpan(0, bytes.Length - 1), out _));
        Assert.Equal(WitnessReadResult.LimitExceeded, StateWitness.TryRead(bytes, 1, out _));
        Assert.Equal(WitnessReadResult.NotCanonical, StateWitness.TryRead([0, WitnessCodec.Nothing], out _));
        Assert.Equal(WitnessReadResult.NotCanonical, StateWitness.TryRead([0, WitnessCodec.Stub, .. new byte[32]], out _));
        Assert.Equal(WitnessReadResult.Malformed, StateWitness.TryRead([0, .. Enumerable.Repeat(WitnessCodec.Inner, 300)], out _));
    }

    [Fact]
    public void TryRead_OfHostileBytes_NeverThrowsAndIsCanonical()
    {
        Payment payment = Pay(s_new);
        Digest32 root = State.Root();
        int opened = 0;
        HostileBytes.Feed([Encode(Record(payment)), Encode(Record(Pay(s_bob))), Encode(StateWitness.Empty)], bytes =>
        {
            if (StateWitness.TryRead(bytes, out StateWitness read) != WitnessReadResult.Ok) return;
            Assert.Equal(bytes.ToArray(), Encode(read));
            if (!StatelessState<KeccakTree>.TryOpen(root, read, out StatelessState<KeccakTree> part)) return;
            opened++;
            _transition.Apply(payment, true, _world.Hosts.Context, part, new EffectLog());
        });
        Assert.True(opened > 0);
    }

    /// <summary>The format of docs/formats/rollups-witness.md, frozen.</summary>
    [Fact]
    public void Witness_IsFrozen()
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 30; i < 50; i++) all.AppendData(Encode(Record(_world.Sign(PaymentWorld.Person(i), new Payment { Recipient = PaymentWorld.Person(2 * i).Address, Amount = 1 }))));
        string actual = Convert.ToHexStringLower(all.GetHashAndReset());
        Assert.True(actual == "cfb473f3d12a56c0eec75a0fdd70bd02889f6cd5fdc38f8ea45aa3a546f16d03", actual);
    }

    internal static byte[] Encode(StateWitness witness)
    {
        var output = new ArrayBufferWriter<byte>();
        witness.Write(output);
        return output.WrittenSpan.ToArray();
    }

    private Payment Pay(HashSigner to) => _world.Sign(s_alice, new Payment { Recipient = to.Address, Amount = 5 });

    private StateWitness Record(Payment payment)
    {
        var recording = new RecordingState<KeccakTree>(State);
        _transition.Apply(payment, true, _world.Hosts.Context, recording, new EffectLog());
        return recording.Witness()!;
    }
}
