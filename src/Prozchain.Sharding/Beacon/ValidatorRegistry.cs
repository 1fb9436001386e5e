using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The validators of the current epoch, sorted by public key, and the changes that the next epoch brings. Immutable:
/// a change gives a new registry.
/// </summary>
internal sealed class ValidatorRegistry
{
    private readonly SortedDictionary<byte[], ulong> _next;

    private ValidatorRegistry(IReadOnlyList<Validator> active, SortedDictionary<byte[], ulong> next)
    {
        Active = active;
        _next = next;
    }

    /// <summary>The validators of this epoch.</summary>
    public IReadOnlyList<Validator> Active { get; }

    public static ValidatorRegistry Create(IReadOnlyList<Validator> validators)
    {
        var next = new SortedDictionary<byte[], ulong>(ByteOrder.Instance);
        foreach (Validator validator in validators)
        {
            SignatureSchemes.CheckPublicKey(validator.PublicKey.Span, nameof(validators));
            if (validator.Stake == 0) throw new ArgumentException("Expected validators with stake, got one with 0.", nameof(validators));
            if (!next.TryAdd(validator.PublicKey.ToArray(), validator.Stake)) throw new ArgumentException("Expected each validator once, got one twice.", nameof(validators));
        }
        return new ValidatorRegistry(ToList(next), next);
    }

    /// <summary>The registry of the next epoch, with no changes pending.</summary>
    public ValidatorRegistry NextEpoch() => new(ToList(_next), _next);

    /// <summary>Takes a change; null unless the result is valid.</summary>
    public (RegistryResult Result, ValidatorRegistry? Registry) With(
        RegistryChange change, ulong chainId, ulong epoch, CommitteeParameters parameters, int shards, ISignatureVerifier? verifier)
    {
        if (change.Epoch != epoch) return (RegistryResult.WrongEpoch, null);
        byte[] key = change.PublicKey.ToArray();
        bool isActive = Active.Any(validator => validator.PublicKey.Span.SequenceEqual(key)), isNext = _next.ContainsKey(key);
        // One change of a key an epoch: whoever joins or leaves has done so until the next epoch.
        if (change.Kind == RegistryChangeKind.Join && (isActive || isNext)) return (RegistryResult.AlreadyKnown, null);
        if (change.Kind == RegistryChangeKind.Exit && !(isActive && isNext)) return (RegistryResult.NotActive, null);
        if (verifier is not null && !change.IsSigned(chainId, verifier)) return (RegistryResult.BadSignature, null);
        var next = new SortedDictionary<byte[], ulong>(_next, ByteOrder.Instance);
        if (change.Kind == RegistryChangeKind.Join) next.Add(key, change.Stake); else next.Remove(key);
        if (!parameters.CanFill([.. next.Values], shards)) return (RegistryResult.SeatsNotFilled, null);
        return (RegistryResult.Valid, new ValidatorRegistry(Active, next));
    }

    private static Validator[] ToList(SortedDictionary<byte[], ulong> validators) => [.. validators.Select(entry => new Validator(entry.Key, entry.Value))];

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
