using System.Buffers;
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
        Assert.Equal(2, witness.Count);
        byte[] bytes = Encode(witness);
        Assert.Equal(WitnessReadResult.Ok, StateWitness.TryRead(bytes, out StateWitness read));
        Assert.Equal(bytes, Encode(read));
        Assert.True(StatelessState.TryOpen(_state.Root(), read, out StatelessState part));
        Assert.Equal(_state.Root(), part.Root());
    }

    [Fact]
    public void TryOpen_AgainstAnotherRoot_IsRefused()
    {
        StateWitness witness = Record(World.Transfer(s_alice, s_bob.Address, 5, 0));
        Assert.False(StatelessState.TryOpen(World.Root(1), witness, out _));
        Assert.False(StatelessState.TryOpen(default, witness, out _));
    }

    [Fact]
    public void TryOpen_WithAForgedValue_IsRefused()
    {
        StateWitness witness = Record(World.Transfer(s_alice, s_bob.Address, 5, 0));
        for (int i = 0; i < witness.Count; i++)
        {
            byte[]?[] values = [.. witness.Values];
            values[i] = [0xFF, .. witness.Values[i]!.AsSpan(1)];
            Assert.False(StatelessState.TryOpen(_state.Root(), new StateWitness(witness.Keys, values, witness.Proofs), out _));
            values[i] = null;
            Assert.False(StatelessState.TryOpen(_state.Root(), new StateWitness(witness.Keys, values, witness.Proofs), out _));
        }
    }

    [Fact]
    public void Apply_WithALeftOutKey_SaysMissingAndNotAFault()
    {
        L2Transfer transfer = World.Transfer(s_alice, s_bob.Address, 5, 0);
        StateWitness witness = Record(transfer);
        for (int left = 0; left < 2; left++)
        {
            int kept = 1 - left;
            var part = new StateWitness([witness.Keys[kept]], [witness.Values[kept]], [witness.Proofs[kept]]);
            Assert.True(StatelessState.TryOpen(_state.Root(), part, out StatelessState state));
            Assert.Equal(TransitionStatus.MissingState, _transition.Apply(transfer, true, state).Status);
            Assert.Equal(_state.Root(), state.Root());
        }
    }

    [Fact]
    public void TryRead_NotCanonical_IsRefused()
    {
        StateWitness good = Record(World.Transfer(s_alice, s_bob.Address, 5, 0));
        byte[] bytes = Encode(good);
        Assert.Equal(WitnessReadResult.TrailingBytes, StateWitness.TryRead([.. bytes, 0], out _));
        Assert.Equal(WitnessReadResult.UnknownVersion, StateWitness.TryRead([1, .. bytes.AsSpan(1)], out _));
        Assert.Equal(WitnessReadResult.Malformed, StateWitness.TryRead(bytes.AsSpan(0, bytes.Length - 1), out _));
        Assert.Equal(WitnessReadResult.LimitExceeded, StateWitness.TryRead([0, 0xFF, 0x7F], out _));
        byte[] swapped = Encode(new StateWitness([good.Keys[1], good.Keys[0]], [good.Values[1], good.Values[0]], [good.Proofs[1], good.Proofs[0]]));
        Assert.Equal(WitnessReadResult.NotCanonical, StateWitness.TryRead(swapped, out _));
        byte[] twice = Encode(new StateWitness([good.Keys[0], good.Keys[0]], [good.Values[0], good.Values[0]], [good.Proofs[0], good.Proofs[0]]));
        Assert.Equal(WitnessReadResult.NotCanonical, StateWitness.TryRead(twice, out _));
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
            if (!StatelessState.TryOpen(root, read, out StatelessState part)) return;
            opened++;
            _transition.Apply(transfer, true, part);
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
        var recording = new RecordingState(_state);
        _transition.Apply(transfer, true, recording);
        return recording.Witness()!;
    }
}
