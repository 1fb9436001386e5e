using System.Diagnostics;
using Prozchain.Rollups.Settlement;
using Prozchain.Shared;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// Two parties narrow down where their state roots part: at <see cref="Low"/> transfers they agree, at
/// <see cref="High"/> they do not. Both clocks are in heights of the settlement log.
/// </summary>
public sealed class Dispute
{
    private long _turnStart;
    private readonly long _stepWindow;

    internal Dispute(long id, Assertion assertion, AccountAddress challenger, long height, SettlementParameters parameters)
    {
        Id = id;
        Assertion = assertion;
        Challenger = challenger;
        LowRoot = assertion.PreRoot;
        High = assertion.TransferCount;
        HighRoot = assertion.PostRoot;
        AsserterClock = ChallengerClock = parameters.DisputeClock;
        _stepWindow = parameters.StepWindow;
        _turnStart = height;
        Phase = NextPhase();
    }

    /// <summary>Number of the dispute, from 0.</summary>
    public long Id { get; }

    /// <summary>What is disputed.</summary>
    public Assertion Assertion { get; }

    /// <summary>Who disputes it.</summary>
    public AccountAddress Challenger { get; }

    /// <summary>Whose move it is, or how it ended.</summary>
    public DisputePhase Phase { get; internal set; }

    /// <summary>True until it has ended.</summary>
    public bool IsOpen => Phase is DisputePhase.Bisect or DisputePhase.Respond or DisputePhase.ProveStep;

    /// <summary>Number of transfers after which both sides have <see cref="LowRoot"/>.</summary>
    public int Low { get; private set; }

    /// <summary>The root both sides agree on.</summary>
    public Digest32 LowRoot { get; private set; }

    /// <summary>Number of transfers after which the sides differ.</summary>
    public int High { get; private set; }

    /// <summary>The asserter's root there.</summary>
    public Digest32 HighRoot { get; private set; }

    /// <summary>Where the asserter must open its trace.</summary>
    public int Middle => Low + (High - Low) / 2;

    /// <summary>What it opened; meaningful while a response is awaited.</summary>
    public Digest32 MiddleRoot { get; private set; }

    /// <summary>Heights the asserter has left for all its moves, as of the start of this turn.</summary>
    public long AsserterClock { get; private set; }

    /// <summary>Heights the challenger has left for all its moves, as of the start of this turn.</summary>
    public long ChallengerClock { get; private set; }

    /// <summary>Last height at which the awaited move counts.</summary>
    public long Deadline => _turnStart + Phase switch
    {
        DisputePhase.Bisect => AsserterClock,
        DisputePhase.Respond => ChallengerClock,
        DisputePhase.ProveStep => _stepWindow,
        _ => throw new UnreachableException("An ended dispute has no deadline."),
    };

    internal void Open(in Digest32 middleRoot, long height)
    {
        AsserterClock -= height - _turnStart;
        MiddleRoot = middleRoot;
        (Phase, _turnStart) = (DisputePhase.Respond, height);
    }

    internal void Respond(bool agree, long height)
    {
        ChallengerClock -= height - _turnStart;
        if (agree) (Low, LowRoot) = (Middle, MiddleRoot);
        else (High, HighRoot) = (Middle, MiddleRoot);
        (Phase, _turnStart) = (NextPhase(), height);
    }

    internal void Write(WireWriter writer)
    {
        writer.WriteUInt64((ulong)Id);
        writer.WriteUInt64((ulong)Assertion.Id);
        writer.WriteBytes32(Challenger.Digest.Value);
        writer.WriteByte((byte)Phase);
        writer.WriteUInt32((uint)Low);
        writer.WriteBytes32(LowRoot.Value);
        writer.WriteUInt32((uint)High);
        writer.WriteBytes32(HighRoot.Value);
        writer.WriteBytes32(MiddleRoot.Value);
        writer.WriteUInt64((ulong)AsserterClock);
        writer.WriteUInt64((ulong)ChallengerClock);
        writer.WriteUInt64((ulong)_turnStart);
    }

    private DisputePhase NextPhase() => High - Low == 1 ? DisputePhase.ProveStep : DisputePhase.Bisect;
}
