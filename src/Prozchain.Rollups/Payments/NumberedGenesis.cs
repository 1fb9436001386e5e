using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Payments;

/// <summary>The state that a numbered payments rollup starts with: account 0, which fees go to, and nothing else (docs/formats/rollups-payments.md).</summary>
public static class NumberedGenesis
{
    /// <summary>Writes it.</summary>
    /// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
    /// <param name="state">An empty state.</param>
    /// <param name="publicKey">The key of account 0: the byte 3, then 8 elements of KoalaBear, 4 bytes each, little-endian, below the modulus.</param>
    /// <exception cref="ArgumentException">No such key, or a state that has accounts.</exception>
    public static void Write<THash>(IStateView state, ReadOnlySpan<byte> publicKey) where THash : IStateHash
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!AccountAddress.IsKey(publicKey) || publicKey[0] != AccountAddress.HashScheme)
            throw new ArgumentException($"Expected a key of scheme {AccountAddress.HashScheme}, got {publicKey.Length} bytes.", nameof(publicKey));
        Digest32 count = PaymentKeys.Accounts<THash>();
        if (state.Read(count, out _) != StateReadStatus.Absent) throw new ArgumentException("Expected an empty state, got one with accounts.", nameof(state));
        AccountAddress address = AccountAddress.FromPublicKey(publicKey);
        Span<byte> record = stackalloc byte[PaymentAccount.NumberedSize], number = stackalloc byte[sizeof(ulong)];
        new PaymentAccount(0, 0, address.Digest).Write(record, AccountLayout.Numbered);
        state.Write(AccountAddress.FromNumber(0).Digest, record);
        number.Clear();
        state.Write(PaymentKeys.Account<THash>(address), number[..sizeof(uint)]);
        BinaryPrimitives.WriteUInt64LittleEndian(number, 1);
        state.Write(count, number);
    }

    /// <summary>Its root.</summary>
    /// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
    /// <param name="publicKey">The key of account 0, as <see cref="Write"/> takes it.</param>
    /// <exception cref="ArgumentException">No such key.</exception>
    public static Digest32 Root<THash>(ReadOnlySpan<byte> publicKey) where THash : IStateHash
    {
        var state = new StateStore<THash>(checkpoints: 1);
        Write<THash>(state, publicKey);
        return state.Root();
    }
}
