namespace Prozchain.Rollups.Disputes;

/// <summary>
/// Who gets what. Lost bonds first repay calls that kept the tournament going, then moves for the winner; half of what is
/// left goes to who posted the winner, the rest is burned, so that nobody gains by playing against itself.
/// </summary>
/// <remarks>Storage: <c>mapping(address => uint32) calls</c>, <c>mapping(uint32 claim => mapping(address => uint32)) moves</c>.</remarks>
internal sealed class TournamentPayout(TournamentParameters parameters, BondVault vault)
{
    private readonly Dictionary<L1Address, uint> _calls = [];
    private readonly Dictionary<(int Claim, L1Address Account), uint> _moves = [];
    private ulong _allCalls;
    private bool _isRewarded;
    private TournamentClaim? _winner;
    private UInt128 _perCall, _perMove, _reward;

    public void CountCalls(in L1Address account, int count)
    {
        _calls[account] = _calls.GetValueOrDefault(account) + (uint)count;
        _allCalls += (ulong)count;
    }

    public void CountMove(TournamentClaim claim, in L1Address account)
    {
        _moves[(claim.Id, account)] = _moves.GetValueOrDefault((claim.Id, account)) + 1;
        claim.Moves++;
    }

    public void End(TournamentClaim? winner, int claims)
    {
        _winner = winner;
        UInt128 pool = parameters.Bond * (UInt128)(claims - (winner is null ? 0 : 1));
        _perCall = Share(ref pool, _allCalls);
        _perMove = winner is null ? 0 : Share(ref pool, (ulong)winner.Moves);
        _reward = winner is null ? 0 : pool / 2;
        vault.Burn(pool - _reward);
    }

    public bool TryCollect(in L1Address account, ulong now)
    {
        UInt128 due = 0;
        if (_calls.Remove(account, out uint calls)) due += calls * _perCall;
        if (_winner is not null && _moves.Remove((_winner.Id, account), out uint moves)) due += moves * _perMove;
        if (!_isRewarded && _winner is not null && account == _winner.Poster)
        {
            due += _reward + parameters.Bond;
            _isRewarded = true;
        }
        vault.Unlock(account, due, now);
        return due > 0;
    }

    private UInt128 Share(ref UInt128 pool, ulong count)
    {
        if (count == 0) return 0;
        UInt128 each = UInt128.Min(parameters.MoveRefund, pool / count);
        pool -= each * count;
        return each;
    }
}
