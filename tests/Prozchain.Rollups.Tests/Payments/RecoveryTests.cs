using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Payments;

public sealed class RecoveryTests
{
    private const uint Delay = 100;

    private static readonly HashSigner s_owner = PaymentWorld.Person(0), s_new = PaymentWorld.Person(50), s_other = PaymentWorld.Person(51), s_stranger = PaymentWorld.Person(9);
    private static readonly HashSigner[] s_guardians = [.. Enumerable.Range(1, 3).Select(PaymentWorld.Person)];
    private readonly PaymentWorld _world = new();

    public RecoveryTests()
    {
        foreach (HashSigner person in s_guardians.Append(s_owner).Append(s_stranger)) _world.Deposit(person, 100);
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_owner, Policy(2)));
    }

    [Fact]
    public void EnoughGuardians_AfterTheDelay_GiveTheAccountANewKey()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[0], Start(s_new)));
        Assert.Equal(TransitionStatus.RecoveryRuns, _world.Do(s_guardians[1], Start(s_new)));
        Assert.Equal(TransitionStatus.AlreadyApproved, _world.Do(s_guardians[0], Approve(s_new)));
        Assert.Equal(TransitionStatus.NotGuardian, _world.Do(s_stranger, Approve(s_new)));
        Assert.Equal(TransitionStatus.NoSuchRecovery, _world.Do(s_guardians[1], Approve(s_other)));
        Wait(Delay);
        Assert.Equal(TransitionStatus.TooFewApprovals, _world.Do(s_stranger, Finish(s_new)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[2], Approve(s_new)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_stranger, Finish(s_new)));
        Assert.Equal(TransitionStatus.WrongKey, _world.Do(s_owner, Small));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_owner, Small, key: s_new));
        // The round is over: what was agreed cannot be used again.
        Assert.Equal(TransitionStatus.NoSuchRecovery, _world.Do(s_stranger, Finish(s_new)));
    }

    [Fact]
    public void BeforeTheDelay_ItIsTooEarly()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[0], Start(s_new)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[1], Approve(s_new)));
        Wait(Delay - 1);
        Assert.Equal(TransitionStatus.TooEarly, _world.Do(s_stranger, Finish(s_new)));
        Wait(1);
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_stranger, Finish(s_new)));
    }

    [Fact]
    public void TheOwner_CanCancel_AndOnlyHe()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[0], Start(s_new)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[1], Approve(s_new)));
        Assert.Equal(TransitionStatus.Malformed, _world.Do(s_guardians[2], Cancel()));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_owner, Cancel()));
        Wait(Delay);
        Assert.Equal(TransitionStatus.NoSuchRecovery, _world.Do(s_stranger, Finish(s_new)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[0], Start(s_new)));
        Assert.Equal(TransitionStatus.TooFewApprovals, _world.Do(s_stranger, Finish(s_new)));
    }

    [Fact]
    public void AGuardianAlone_CannotKeepTheOthersFromTheirKey()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[0], Start(s_other)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[1], Start(s_new)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[2], Approve(s_new)));
        Wait(Delay);
        Assert.Equal(TransitionStatus.TooFewApprovals, _world.Do(s_stranger, Finish(s_other)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_stranger, Finish(s_new)));
    }

    [Fact]
    public void AnotherPolicy_EndsWhatWasAgreedUnderTheLast()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_guardians[0], Start(s_new)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_owner, Policy(1)));
        Wait(Delay);
        Assert.Equal(TransitionStatus.NoSuchRecovery, _world.Do(s_stranger, Finish(s_new)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_owner, new Payment { Kind = PaymentKind.SetRecovery }));
        Assert.Equal(TransitionStatus.NoRecovery, _world.Do(s_guardians[0], Start(s_new)));
        Assert.Equal(TransitionStatus.NoRecovery, _world.Do(s_owner, Cancel()));
        Assert.Equal(TransitionStatus.NoRecovery, _world.Do(s_guardians[0], Start(s_new) with { Recipient = s_stranger.Address }));
    }

    private static Payment Small => new() { Recipient = s_stranger.Address, Amount = 1 };

    private static Payment Policy(int threshold) => new() { Kind = PaymentKind.SetRecovery, Payload = RecoveryPolicy.Encode(threshold, Delay, [.. s_guardians.Select(guardian => guardian.Address)]) };

    private static Payment Start(HashSigner key) => new() { Kind = PaymentKind.StartRecovery, Recipient = s_owner.Address, Payload = key.PublicKey };

    private static Payment Approve(HashSigner key) => new() { Kind = PaymentKind.ApproveRecovery, Recipient = s_owner.Address, Payload = key.Address.Digest.Span.ToArray() };

    private static Payment Finish(HashSigner key) => Approve(key) with { Kind = PaymentKind.FinishRecovery };

    private static Payment Cancel() => new() { Kind = PaymentKind.CancelRecovery, Recipient = s_owner.Address };

    private void Wait(uint seconds)
    {
        BatchContext context = _world.Hosts.Context;
        _world.Hosts.Begin(context with { Number = context.Number + 1, TimestampSeconds = context.TimestampSeconds + seconds });
    }
}
