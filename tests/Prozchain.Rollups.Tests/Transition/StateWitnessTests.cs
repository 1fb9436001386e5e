using System.Buffers;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Transition;

public sealed class StateWitnessTests
{
    private static readonly HashSigner s_alice = new(0), s_bob = new(1), s_new = new(99);
    private readonly RollupState _state = new();
    private readonly PaymentsTransition _transition = new(World.ChainId, new HashVerifier());

    public StateWitnessTests()
    {
        for (int i = 0; i < 40; i++) _state.Credit(new HashSigner(i).Address, 1_000);
    }

    [Fact]
    public void TryRead_OfWhatWriteWrote_OpensToTheSameRoot()
    {
        StateWitness witness = Record(World.Transfer(s_alice, s_new.Address, 5, 0));
        Assert.InRange(witness.Count, 1, 2);
        byte[] bytes = Encode(witness);
        Assert.Equal(WitnessReadResult.Ok, StateWitness.TryRead(bytes, out StateWitness read));
        Assert.Equal(bytes, Encode(read));
        Assert.True(StatelessState<KeccakTree>.TryOpen(_state.Root(), read, out StatelessState<KeccakTree> part));
        Assert.Equal(_state.Root(), part.Root());
    }

    [Fact]
    public void TryOpen_AgainstAnotherRoot_IsRefused()
    {
        StateWitness witness = Record(World.Transfer(s_alice, s_bob.Address, 5, 0));
        Assert.False(StatelessState<KeccakTree>.TryOpen(World.Root(1), witness, out _));
        Assert.False(StatelessState<KeccakTree>.TryOpen(default, witness, out _));
    }

    [Fact]
    public void TryOpen_WithAnyByteForged_IsRefused()
    {
        L2Transfer transfer = World.Transfer(s_alice, s_new.Address, 5, 0);
        byte[] bytes = Encode(Record(transfer));
        for (int i = 1; i < bytes.Length; i++)
        {
            byte[] forged = [.. bytes];
            forged[i] ^= 0x10;
            Assert.False(StateWitness.TryRead(forged, out StateWitness read) == WitnessReadResult.Ok && StatelessState<KeccakTree>.TryOpen(_state.Root(), read, out _));
        }
    }

    [Fact]
    public void Apply_WithALeftOutKey_SaysMissingAndNotAFault()
    {
        L2Transfer transfer = World.Transfer(s_alice, s_bob.Address, 5, 0);
        foreach (HashSigner kept in new[] { s_alice, s_bob })
        {
            var recording = new RecordingState<KeccakTree>(_state.Store);
            recording.Read(kept.Address.StateKey(), out _);
            Assert.True(StatelessState<KeccakTree>.TryOpen(_state.Root(), recording.Witness()!, out StatelessState<KeccakTree> state));
            Assert.Equal(TransitionStatus.MissingState, _transition.Apply(transfer, true, default, state, new EffectLog()).Status);
            Assert.Equal(_state.Root(), state.Root());
        }
        Assert.True(StatelessState<KeccakTree>.TryOpen(_state.Root(), StateWitness.Empty, out StatelessState<KeccakTree> none));
        Assert.Equal(TransitionStatus.MissingState, _transition.Apply(transfer, true, default, none, new EffectLog()).Status);
        Assert.Equal(_state.Root(), none.Root());
    }

    [Fact]
    public void TryRead_NotCanonical_IsRefused()
    {
        byte[] bytes = Encode(Record(World.Transfer(s_alice, s_bob.Address, 5, 0)));
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
        L2Transfer transfer = World.Transfer(s_alice, s_new.Address, 5, 0);
        Digest32 root = _state.Root();
        int opened = 0;
        HostileBytes.Feed([Encode(Record(transfer)), Encode(Record(World.Transfer(s_alice, s_bob.Address, 5, 0))), Encode(StateWitness.Empty)], bytes =>
        {
            if (StateWitness.TryRead(bytes, out StateWitness read) != WitnessReadResult.Ok) return;
            Assert.Equal(bytes.ToArray(), Encode(read));
            if (!StatelessState<KeccakTree>.TryOpen(root, read, out StatelessState<KeccakTree> part)) return;
            opened++;
            _transition.Apply(transfer, true, default, part, new EffectLog());
        });
        Assert.True(opened > 0);
    }

    internal static byte[] Encode(StateWitness witness)
    {
        var output = new ArrayBufferWriter<byte>();
        witness.Write(output);
        return output.WrittenSpan.ToArray();
    }

    private StateWitness Record(L2Transfer transfer)
    {
        var recording = new RecordingState<KeccakTree>(_state.Store);
        _transition.Apply(transfer, true, default, recording, new EffectLog());
        return recording.Witness()!;
    }
}
