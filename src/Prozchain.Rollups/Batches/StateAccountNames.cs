using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Batches;

/// <summary>The accounts of a payments state, by the numbers that it holds (docs/formats/rollups-payments.md).</summary>
/// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
/// <param name="state">The state before the batch; it must not change while a batch is written or read.</param>
public sealed class StateAccountNames<THash>(IStateView state) : IAccountNames where THash : IStateHash
{
    /// <inheritdoc/>
    public bool TryGetAddress(ulong index, out AccountAddress address)
    {
        Span<byte> input = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(input, index);
        bool isFound = state.Read(Key(PaymentKeys.IndexTag, input), out ReadOnlySpan<byte> value) == StateReadStatus.Found;
        return AccountAddress.TryRead(isFound ? value : default, out address);
    }

    /// <inheritdoc/>
    public bool TryGetIndex(in AccountAddress address, out ulong index)
    {
        bool isFound = TryGet(address, out PaymentAccount account);
        index = account.Index;
        return isFound;
    }

    /// <inheritdoc/>
    public ulong GetNonce(in AccountAddress address) => TryGet(address, out PaymentAccount account) ? account.Nonce : 0;

    private bool TryGet(in AccountAddress address, out PaymentAccount account)
    {
        account = default;
        if (address == default) return false;
        Span<byte> input = stackalloc byte[AccountAddress.Size];
        address.CopyTo(input);
        return state.Read(Key(PaymentKeys.AccountTag, input), out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, out account);
    }

    private static Digest32 Key(byte tag, ReadOnlySpan<byte> input) => new(TreeHash<THash>.Hash(tag, input));
}
