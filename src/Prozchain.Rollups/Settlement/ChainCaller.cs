using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Observability;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Settlement;

/// <summary>Asks contracts and calls them for a driver; what would revert is not sent.</summary>
internal sealed class ChainCaller(ISettlementChain chain)
{
    public L1Address Account => chain.Account;

    /// <summary>Time of the newest block.</summary>
    public async ValueTask<ulong> NowAsync(CancellationToken cancellationToken) =>
        (await chain.FindBlockAsync(null, ChainFinality.Latest, cancellationToken).ConfigureAwait(false))?.TimestampSeconds ?? 0;

    /// <summary>Asks a contract.</summary>
    /// <exception cref="InvalidOperationException">It answers with something else: not the contract expected.</exception>
    public async ValueTask<AbiValue> ReadAsync(L1Address contract, AbiFunction function, CancellationToken cancellationToken, params AbiValue[] arguments)
    {
        ChainAnswer answer = await chain.CallAsync(new ChainCall(contract, function.Encode(arguments)), cancellationToken).ConfigureAwait(false);
        return answer.IsOk && function.TryDecodeOutput(answer.Output, out AbiValue values) == AbiReadResult.Ok
            ? values
            : throw new InvalidOperationException($"Expected an answer of {function.Name} at {contract}.");
    }

    public async ValueTask<ulong> NumberAsync(L1Address contract, AbiFunction function, CancellationToken cancellationToken, params AbiValue[] arguments) =>
        (await ReadAsync(contract, function, cancellationToken, arguments).ConfigureAwait(false))[0].ToUInt64();

    /// <summary>Tries a call, and sends it if it would do something. False if it did nothing: somebody was faster, or the time has not come.</summary>
    public async ValueTask<bool> TrySendAsync(L1Address contract, AbiFunction function, UInt128 value, CancellationToken cancellationToken, params AbiValue[] arguments)
    {
        bool isDone = await TrySendAsync(new ChainCall(contract, function.Encode(arguments), value), cancellationToken).ConfigureAwait(false);
        if (isDone) RollupInstruments.Sends.AddOne(function.Name);
        return isDone;
    }

    /// <summary>The same for a call that was encoded, with a limit of gas.</summary>
    public async ValueTask<bool> TrySendAsync(ChainCall call, CancellationToken cancellationToken)
    {
        if (!(await chain.CallAsync(call, cancellationToken).ConfigureAwait(false)).IsOk) return false;
        return (await chain.SendAsync(call, cancellationToken).ConfigureAwait(false)).IsOk;
    }
}
