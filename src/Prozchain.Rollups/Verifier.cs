using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups;

/// <summary>
/// Watches the settlement, compares each assertion with what its node derived, challenges the first wrong one, and plays
/// the dispute to its end. One honest verifier that is heard in time is enough. Not thread-safe.
/// </summary>
public sealed class Verifier
{
    private readonly RollupNode _node;
    private readonly SettlementClient _client;
    private readonly DisputePlayer _player;
    private readonly VerifierOptions _options;

    /// <summary>A verifier.</summary>
    /// <param name="node">Its view of the rollup; may be shared with others that run one at a time.</param>
    /// <param name="signer">A party of the genesis. No other process signs with this key.</param>
    /// <param name="options">How to work.</param>
    /// <exception cref="ArgumentException">The genesis does not register the signer.</exception>
    public Verifier(RollupNode node, ISigner signer, VerifierOptions? options = null)
    {
        _node = node;
        _client = new SettlementClient(node, signer);
        _player = new DisputePlayer(node, _client.Address, _ => null);
        _options = options ?? new VerifierOptions();
    }

    /// <summary>The verifier's account in the settlement.</summary>
    public AccountAddress Address => _client.Address;

    /// <summary>Reads the log, challenges the first wrong assertion if there is one, and makes every move due in its disputes.</summary>
    public async ValueTask<VerifierReport> StepAsync(CancellationToken cancellationToken = default)
    {
        await _client.SyncAsync(cancellationToken).ConfigureAwait(false);
        if (_node.HasDiverged) return new VerifierReport(0, -1, 0, CannotChallenge: true);
        (int agreed, Assertion? suspect) = Compare();
        long challenged = -1;
        bool cannot = false;
        if (suspect is not null && !IsChallenging(suspect))
        {
            ulong bond = _node.Genesis.Parameters.ChallengeBond;
            cannot = _client.Free < bond || _node.Settlement.Height > suspect.Deadline;
            if (!cannot)
            {
                await _client.SendAsync(new ChallengeCall(suspect.Id), bond, cancellationToken).ConfigureAwait(false);
                challenged = suspect.Id;
            }
        }
        int moves = 0;
        foreach (Dispute dispute in _node.Settlement.OpenDisputes)
        {
            if (_player.NextMove(dispute) is not { } move) continue;
            await _client.SendAsync(move, bond: 0, cancellationToken).ConfigureAwait(false);
            moves++;
        }
        return new VerifierReport(agreed, challenged, moves, cannot);
    }

    // The lowest assertion to challenge. Those above it fall with it.
    private (int Agreed, Assertion? Suspect) Compare()
    {
        SettlementContract settlement = _node.Settlement;
        int agreed = 0;
        for (long index = settlement.FinalCount; index < settlement.AssertedCount; index++)
        {
            Assertion assertion = settlement.AssertionOn(index)!;
            AssertionVerdict verdict = _node.Judge(assertion);
            if (verdict == AssertionVerdict.Right)
            {
                agreed++;
                continue;
            }
            // An assertion without transfers cannot be wrong, and one's own is not for oneself to challenge.
            bool challengeable = assertion.TransferCount > 0 && assertion.Asserter != Address;
            // Where an earlier batch is missing too, nothing can be said of this one.
            bool withheld = _options.ChallengeUnavailable && index == _node.DerivedCount && IsLate(assertion);
            bool suspected = verdict == AssertionVerdict.Wrong || withheld;
            return (agreed, challengeable && suspected ? assertion : null);
        }
        return (agreed, null);
    }

    private bool IsLate(Assertion assertion) => _node.Settlement.Height > assertion.Deadline - _node.Genesis.Parameters.ChallengeWindow / 2;

    private bool IsChallenging(Assertion assertion)
    {
        foreach (Dispute dispute in _node.Settlement.OpenDisputes)
            if (dispute.Assertion == assertion && dispute.Challenger == Address) return true;
        return false;
    }
}
