using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Transition;

public sealed class PaymentsTransitionTests
{
    private static readonly HashSigner s_alice = new(1), s_bob = new(2), s_new = new(3);
    private readonly RollupState _state = new();
    private readonly PaymentsTransition _transition = new(World.ChainId, new HashVerifier());

    public PaymentsTransitionTests()
    {
        _state.Credit(s_alice.Address, 100);
        _state.Credit(s_bob.Address, 7);
    }

    [Fact]
    public void Apply_WithEnough_MovesValueAndAdvancesNonce()
    {
        Assert.Equal(new TransitionOutcome(TransitionStatus.Applied, new ResourceUse(Costs.Transaction + Costs.Signature + 2 * Costs.Read + 2 * Costs.Write, Costs.ProvingSignature + 2 * Costs.ProvingRead + 2 * Costs.ProvingWrite)), Apply(World.Transfer(s_alice, s_bob.Address, 30, 0)));
        Expect(s_alice, 70, 1);
        Expect(s_bob, 37, 0);
    }

    [Fact]
    public void Apply_ToANewAccount_CreatesIt()
    {
        Assert.Equal(TransitionStatus.Applied, Apply(World.Transfer(s_alice, s_new.Address, 100, 0)).Status);
        Expect(s_alice, 0, 1);
        Expect(s_new, 100, 0);
    }

    [Fact]
    public void Apply_WithoutEnough_AdvancesNonceOnly()
    {
        Assert.Equal(TransitionStatus.InsufficientBalance, Apply(World.Transfer(s_alice, s_bob.Address, 101, 0)).Status);
        Expect(s_alice, 100, 1);
        Expect(s_bob, 7, 0);
    }

    [Fact]
    public void Apply_ToOneself_ChangesNonceOnly()
    {
        Assert.Equal(TransitionStatus.Applied, Apply(World.Transfer(s_alice, s_alice.Address, 100, 0)).Status);
        Expect(s_alice, 100, 1);
        Assert.Equal(TransitionStatus.InsufficientBalance, Apply(World.Transfer(s_alice, s_alice.Address, 101, 1)).Status);
        Expect(s_alice, 100, 2);
    }

    [Fact]
    public void Apply_OfZero_TouchesNoRecipient()
    {
        Assert.Equal(TransitionStatus.Applied, Apply(World.Transfer(s_alice, s_new.Address, 0, 0)).Status);
        Assert.Equal(2, _state.Count);
        Expect(s_alice, 100, 1);
    }

    [Fact]
    public void Apply_PastTheLargestBalance_AdvancesNonceOnly()
    {
        _state.Credit(s_bob.Address, ulong.MaxValue - 10);
        Assert.Equal(TransitionStatus.BalanceOverflow, Apply(World.Transfer(s_alice, s_bob.Address, 11, 0)).Status);
        Expect(s_alice, 100, 1);
        Expect(s_bob, ulong.MaxValue - 10, 0);
        Assert.Equal(TransitionStatus.Applied, Apply(World.Transfer(s_alice, s_bob.Address, 10, 1)).Status);
        Expect(s_bob, ulong.MaxValue, 0);
    }

    [Fact]
    public void Apply_OfAnInvalidTransfer_ChangesNothing()
    {
        Digest32 before = _state.Root();
        L2Transfer forged = L2Transfer.FromParts(World.ChainId, s_alice.PublicKey.Span, s_bob.Address, 1, 0, [1, .. new byte[64]]);
        Assert.Equal(TransitionStatus.BadSignature, Apply(forged).Status);
        Assert.Equal(TransitionStatus.WrongChain, Apply(World.Transfer(s_alice, s_bob.Address, 1, 0, World.ChainId + 1)).Status);
        Assert.Equal(TransitionStatus.WrongNonce, Apply(World.Transfer(s_alice, s_bob.Address, 1, 1)).Status);
        Assert.Equal(TransitionStatus.WrongNonce, Apply(World.Transfer(s_alice, s_bob.Address, 1, ulong.MaxValue)).Status);
        Assert.Equal(before, _state.Root());
    }

    [Fact]
    public void Apply_OfTheLastNonce_ChangesNothing()
    {
        var value = new byte[AccountState.Size];
        new AccountState(5, ulong.MaxValue).Write(value);
        _state.Write(s_alice.Address.StateKey(), value);
        Assert.Equal(TransitionStatus.WrongNonce, Apply(World.Transfer(s_alice, s_bob.Address, 1, ulong.MaxValue)).Status);
        Expect(s_alice, 5, ulong.MaxValue);
    }

    [Fact]
    public void Apply_OverAValueThatIsNoAccount_ChangesNothing()
    {
        _state.Write(s_bob.Address.StateKey(), [1, 2, 3]);
        Digest32 before = _state.Root();
        Assert.Equal(TransitionStatus.CorruptState, Apply(World.Transfer(s_alice, s_bob.Address, 1, 0)).Status);
        Assert.Equal(before, _state.Root());
    }

    [Fact]
    public void Apply_Replayed_IsAWrongNonce()
    {
        L2Transfer transfer = World.Transfer(s_alice, s_bob.Address, 1, 0);
        Assert.Equal(TransitionStatus.Applied, Apply(transfer).Status);
        Assert.Equal(TransitionStatus.WrongNonce, Apply(transfer).Status);
    }

    private TransitionOutcome Apply(L2Transfer transfer)
    {
        var authentic = new bool[1];
        _transition.Authenticate([transfer], authentic);
        return _transition.Apply(transfer, authentic[0], default, _state, new EffectLog());
    }

    private void Expect(HashSigner account, ulong balance, ulong nonce) => Assert.Equal(new AccountState(balance, nonce), _state.GetAccount(account.Address));
}
