using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Batches;

/// <summary>The accounts of a payments state, by the numbers that it holds (docs/formats/rollups-payments.md). Allocates nothing after construction. Not thread-safe.</summary>
/// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
/// <param name="state">The state before the batch; it must not change while a batch is written or read.</param>
public sealed class StateAccountNames<THash>(IStateView state) : IAccountNames where THash : IStateHash
{
    // Keys are hashed so many at a time.
    private const int Most = 64;

    private readonly byte[] _inputs = new byte[Most * AccountAddress.Size];
    private readonly Digest32[] _keys = new Digest32[Most];

    /// <inheritdoc/>
    public void FindAddresses(ReadOnlySpan<ulong> indices, Span<AccountAddress> addresses)
    {
        for (int at = 0; at < indices.Length; at += Most)
        {
            int count = Math.Min(Most, indices.Length - at);
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteUInt64LittleEndian(_inputs.AsSpan(i * sizeof(ulong)), indices[at + i]);
            ReadOnlySpan<Digest32> keys = Hash(PaymentKeys.IndexTag, count, sizeof(ulong));
            for (int i = 0; i < count; i++)
            {
                bool isFound = state.Read(keys[i], out ReadOnlySpan<byte> value) == StateReadStatus.Found;
                AccountAddress.TryRead(isFound ? value : default, out addresses[at + i]);
            }
        }
    }

    /// <inheritdoc/>
    public void FindIndices(ReadOnlySpan<AccountAddress> accounts, Span<ulong> indices) => Find(accounts, indices, static (found, account) => found ? account.Index : IAccountNames.NoIndex);

    /// <inheritdoc/>
    public void GetNonces(ReadOnlySpan<AccountAddress> accounts, Span<ulong> nonces) => Find(accounts, nonces, static (found, account) => found ? account.Nonce : 0);

    private void Find(ReadOnlySpan<AccountAddress> accounts, Span<ulong> numbers, Func<bool, PaymentAccount, ulong> choose)
    {
        for (int at = 0; at < accounts.Length; at += Most)
        {
            int count = Math.Min(Most, accounts.Length - at);
            for (int i = 0; i < count; i++) accounts[at + i].CopyTo(_inputs.AsSpan(i * AccountAddress.Size));
            ReadOnlySpan<Digest32> keys = Hash(PaymentKeys.AccountTag, count, AccountAddress.Size);
            for (int i = 0; i < count; i++)
            {
                // No state has a record of the address of nobody.
                bool isFound = state.Read(keys[i], out ReadOnlySpan<byte> value) == StateReadStatus.Found;
                isFound &= PaymentAccount.TryRead(isFound ? value : default, out PaymentAccount account);
                numbers[at + i] = choose(isFound, account);
            }
        }
    }

    private ReadOnlySpan<Digest32> Hash(byte tag, int count, int length)
    {
        Span<Digest32> keys = _keys.AsSpan(0, count);
        THash.HashMany(tag, _inputs.AsSpan(0, count * length), length, MemoryMarshal.AsBytes(keys));
        return keys;
    }
}
