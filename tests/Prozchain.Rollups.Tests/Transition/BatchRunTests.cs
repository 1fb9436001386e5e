using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Transition;

public sealed class BatchRunTests
{
    private static readonly HashSigner s_alice = new(1);
    private readonly StateStore<KeccakTree> _state = new();
    private readonly Payments<KeccakTree> _transition = new(new PaymentRules(PaymentWorld.ChainId, s_alice.Address) { KeysAreShown = false }, new HashVerifier());
    private readonly BatchContext _context = new(PaymentWorld.ChainId, 0, 0, 0);

    public BatchRunTests() =>
        _transition.ApplyInbound(new InboundMessage { Recipient = s_alice.Address, Amount = 1_000 }, _context, _state, new EffectLog());

    [Fact]
    public void Builder_LeavesOutWhatWouldCross_AndWhatIsInvalid()
    {
        var run = new BatchRun<Payment>(_transition, TwoCosts());
        run.Begin(_context);
        Assert.Equal(InclusionResult.Included, run.TryInclude(Withdrawal(0), true, _state, out _));
        Assert.Equal(InclusionResult.Invalid, run.TryInclude(Withdrawal(5), true, _state, out _));
        Assert.Equal(InclusionResult.Included, run.TryInclude(Withdrawal(1), true, _state, out _));
        Digest32 root = _state.Root();
        Assert.Equal(InclusionResult.NoRoom, run.TryInclude(Withdrawal(2), true, _state, out TransitionOutcome outcome));
        Assert.Equal(TransitionStatus.Applied, outcome.Status);
        Assert.Equal(root, _state.Root());
        Assert.Equal(2, run.Effects.Count);
        run.Begin(_context with { Number = 1 });
        Assert.Equal(InclusionResult.Included, run.TryInclude(Withdrawal(2), true, _state, out _));
    }

    [Fact]
    public void Derived_BatchThatCrosses_IsEmpty()
    {
        Payment[] payments = [Withdrawal(0), Withdrawal(1), Withdrawal(2)];
        Digest32 root = _state.Root();
        var run = new BatchRun<Payment>(_transition, TwoCosts());
        run.Begin(_context);
        Assert.False(run.TryExecute<StateStore<KeccakTree>>(payments, [true, true, true], _state));
        Assert.Equal((root, 0, default), (_state.Root(), run.Effects.Count, run.Used));
        // An invalid one counts as well: it has to be looked at.
        Assert.False(run.TryExecute<StateStore<KeccakTree>>(payments, [true, false, false], _state));
        var outcomes = new TransitionOutcome[2];
        Assert.True(run.TryExecute(payments.AsSpan(0, 2), [true, true], _state, outcomes));
        Assert.All(outcomes, outcome => Assert.Equal(TransitionStatus.Applied, outcome.Status));
        Assert.Equal(2, run.Effects.Count);
    }

    private static Payment Withdrawal(ulong nonce) => new() { Kind = PaymentKind.Withdraw, Sender = s_alice.Address, Nonce = nonce, Amount = 1, L1Recipient = PaymentWorld.Outside };

    private ResourceUse TwoCosts()
    {
        long mark = _state.Mark();
        ResourceUse use = _transition.Apply(Withdrawal(0), true, _context, _state, new EffectLog()).Resources;
        _state.Revert(mark);
        return use + use;
    }
}
