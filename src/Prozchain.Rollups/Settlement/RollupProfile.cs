using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// What a host picks once for a rollup: the hash of its state and the signatures of its accounts, and with them how false
/// claims end and how everybody leaves a rollup that stands still (docs/adr/0042-rollup-profiles.md).
/// </summary>
public sealed class RollupProfile
{
    private readonly Func<byte, byte[], Digest32>? _hash;

    private RollupProfile(Func<byte, byte[], Digest32>? hash, L1Address hasher, L1Address authorizer) => (_hash, Hasher, Authorizer) = (hash, hasher, authorizer);

    /// <summary>
    /// A tree of Keccak-256 (<see cref="KeccakTree"/>) and keys of P-256 or Ed25519: the settlement layer executes a step again to end a
    /// dispute, and checks by itself what an account shows that leaves.
    /// </summary>
    public static RollupProfile Evm { get; } = new(null, default, default);

    /// <summary>True where the hash is that of a proof system: no step is executed again, a proof ends a false claim in one round.</summary>
    public bool IsProof => _hash is not null;

    /// <summary>The contract that hashes as the tree does, IStateHasher of contracts/src/EscapeHatch.sol; zero for Keccak-256.</summary>
    public L1Address Hasher { get; }

    /// <summary>The contract that checks signatures, IAuthorizer of the same; zero where the rollup's own contracts do.</summary>
    public L1Address Authorizer { get; }

    /// <summary>The hash and the signatures that the circuit of a proof system is good at. Both are checked on the settlement layer only when somebody leaves.</summary>
    /// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
    /// <param name="hasher">A contract that hashes like it.</param>
    /// <param name="authorizer">A contract that accepts the signatures that the rollup's <see cref="ISignatureVerifier"/> accepts, and no others.</param>
    /// <exception cref="ArgumentException">One of them is missing.</exception>
    public static RollupProfile Proof<THash>(L1Address hasher, L1Address authorizer) where THash : IStateHash
    {
        if (hasher.IsZero || authorizer.IsZero) throw new ArgumentException($"Expected contracts that hash and that check signatures, got {hasher} and {authorizer}.", hasher.IsZero ? nameof(hasher) : nameof(authorizer));
        return new RollupProfile(static (domain, message) => new Digest32(TreeHash<THash>.Hash(domain, message)), hasher, authorizer);
    }

    // What a leaving account is checked with: places of accounts and balances, an amount, records of either layout, leaves under
    // a number and under a hash, nodes; of those that a tree may take as elements of a field, one that is so and one that is not.
    private static IEnumerable<(byte Domain, byte[] Message)> Probes =>
    [
        (PaymentKeys.AccountTag, Fill(AccountAddress.Size, 0xFF)), (PaymentKeys.BalanceTag, Fill(AccountAddress.Size + sizeof(uint), 0xFF)),
        (Hashing.ValueTag, Fill(sizeof(uint), 0xFF)), (Hashing.ValueTag, Fill(16, 0xFF)), (Hashing.ValueTag, Fill(PaymentAccount.ShortSize + Digest32.Size, 0xFF)),
        (Hashing.ValueTag, [.. Fill(PaymentAccount.NumberedSize - 1, 0x0F), 0]), (Hashing.ValueTag, Fill(PaymentAccount.NumberedSize, 0xFF)),
        (Hashing.LeafTag, [.. AccountAddress.FromNumber(0x0123_4567).Digest.Span, .. Fill(Digest32.Size, 0x0F)]), (Hashing.LeafTag, [0x80, .. Fill(2 * Digest32.Size - 1, 0x0F)]), (Hashing.LeafTag, Fill(2 * Digest32.Size, 0xFF)),
        (Hashing.InnerTag, Fill(2 * Digest32.Size, 0x0F)), (Hashing.InnerTag, Fill(2 * Digest32.Size, 0xFF)),
    ];

    private static byte[] Fill(int length, byte mask) => [.. Enumerable.Range(length, length).Select(i => (byte)(7 * i & mask))];

    /// <summary>Asks the contracts, so that no rollup is created that nobody could leave.</summary>
    /// <exception cref="InvalidOperationException">They are not there, or hash otherwise.</exception>
    internal async ValueTask CheckAsync(ISettlementChain chain, CancellationToken cancellationToken)
    {
        if (_hash is null) return;
        var caller = new ChainCaller(chain);
        foreach ((byte domain, byte[] message) in Probes)
        {
            Digest32 got = (await caller.ReadAsync(Hasher, ProfileViews.Hash, cancellationToken, AbiValue.Of((byte[])[domain, .. message])).ConfigureAwait(false))[0].ToDigest();
            if (got != _hash(domain, message)) throw new InvalidOperationException($"Expected {_hash(domain, message)} of the contract at {Hasher}, which hashes {message.Length} bytes of domain {domain} as the state does, got {got}.");
        }
        byte[] key = [3, 1], nothing = [3];
        if ((await caller.ReadAsync(Authorizer, ProfileViews.Check, cancellationToken, AbiValue.Of(key), AbiValue.Of(nothing), AbiValue.Of(nothing)).ConfigureAwait(false))[0].ToBool())
            throw new InvalidOperationException($"Expected the contract at {Authorizer} to refuse what is no signature, got its consent.");
    }
}
