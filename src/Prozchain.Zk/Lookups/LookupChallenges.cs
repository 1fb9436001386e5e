using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lookups;

/// <summary>The challenges alpha and beta, with the powers that messages are summed by.</summary>
/// <typeparam name="TField">The base field.</typeparam>
/// <typeparam name="TParameters">The challenge field over it.</typeparam>
internal sealed class LookupChallenges<TField, TParameters>
    where TField : unmanaged, IField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    private readonly Extension<TField, TParameters>[] _powers;

    /// <param name="alpha">What every value starts from.</param>
    /// <param name="beta">Whose powers tell the elements of a message apart.</param>
    /// <param name="messageLength">W, the longest message.</param>
    public LookupChallenges(Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, int messageLength)
    {
        Alpha = alpha;
        _powers = new Extension<TField, TParameters>[messageLength + 1];
        _powers[0] = Extension<TField, TParameters>.One;
        for (int i = 1; i < _powers.Length; i++) _powers[i] = _powers[i - 1] * beta;
    }

    public Extension<TField, TParameters> Alpha { get; }

    /// <summary>The factor of an element of a message.</summary>
    public Extension<TField, TParameters> Power(int element) => _powers[element];

    /// <summary>alpha + beta^W (bus + 1): the value of a message of zeros.</summary>
    public Extension<TField, TParameters> Start(int bus) => Alpha + _powers[^1] * TField.FromUInt64((ulong)bus + 1);
}
