namespace Prozchain.AI.Vault;

/// <summary>A stripe that cannot be restored.</summary>
/// <param name="Stripe">Which; from the count of the file's stripes on, one of a base.</param>
/// <param name="Lost">How many of its pieces are missing, corrupt or out of reach.</param>
/// <param name="Tolerated">How many may be.</param>
/// <param name="Inconsistent">
/// True when enough pieces are there and authentic, but they are no stripe of the code, or not of the leaves that the
/// manifest commits to: whoever stored the model did it wrongly. A read does not notice wrong parity that it does not need.
/// </param>
/// <param name="Base">Of a stripe of a base, what it is needed for: its own pieces are there or not, the model is incomplete without it.</param>
public readonly record struct StripeLoss(int Stripe, int Lost, int Tolerated, bool Inconsistent, NeededBase? Base = null)
{
    internal string Describe(string model)
    {
        string stripe = Base is null ? $"Stripe {Stripe} of '{model}'"
            : $"The base of stripe {Base.Stripe} of '{model}', tensor '{Base.Tensor}' of the model {Convert.ToHexStringLower(Base.ModelRoot.Span)},";
        return Inconsistent ? $"{stripe} is not what its manifest says." : $"{stripe} cannot be restored: {Lost} pieces are lost, {Tolerated} may be.";
    }
}
