using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Lookups;

/// <summary>Sums the constraints of an AIR, or of the part of it that a table has, at a point, keeps the fractions of its interactions, and adds the lookup constraints.</summary>
internal struct LookupFolder<TField, TParameters> : IAirSink<Extension<TField, TParameters>>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    private readonly TableLookups _lookups;
    private readonly LookupChallenges<TField, TParameters> _challenges;
    private readonly Fraction[] _fractions;
    private ConstraintFolder<Extension<TField, TParameters>> _folder;
    private int _count;

    public LookupFolder(TableLookups lookups, ConstraintFolder<Extension<TField, TParameters>> folder, LookupChallenges<TField, TParameters> challenges)
    {
        _lookups = lookups;
        _folder = folder;
        _challenges = challenges;
        _fractions = new Fraction[lookups.Interactions.Count];
    }

    public void Constraint(Rows rows, Extension<TField, TParameters> value, string label, int index)
    {
        if (_lookups.Graph.Part.HasConstraints) _folder.Constraint(rows, value, label, index);
    }

    public void Interaction(
        Bus bus, BusDirection direction, Extension<TField, TParameters> multiplicity, scoped ReadOnlySpan<FieldValue<Extension<TField, TParameters>>> message, uint bound)
    {
        if (!_lookups.Graph.Part.Has(bus)) return;
        Extension<TField, TParameters> value = _challenges.Start(_lookups.Bus(_count));
        for (int j = 0; j < message.Length; j++) value += _challenges.Power(j) * message[j].Value;
        _fractions[_count++] = new(direction == BusDirection.Send ? multiplicity : -multiplicity, value);
    }

    /// <summary>The sum with the constraints of the lookups.</summary>
    /// <param name="local">The opened values of the lookups' base columns.</param>
    /// <param name="next">Those at the next row.</param>
    /// <param name="gamma">By whose powers constraints are summed.</param>
    /// <param name="terminal">The sum of the fractions.</param>
    /// <param name="first">The selector of the first row.</param>
    /// <param name="last">That of the last row.</param>
    /// <param name="transition">That of all but the last.</param>
    public readonly Extension<TField, TParameters> Finish(
        ReadOnlySpan<Extension<TField, TParameters>> local, ReadOnlySpan<Extension<TField, TParameters>> next, Extension<TField, TParameters> gamma,
        Extension<TField, TParameters> terminal, Extension<TField, TParameters> first, Extension<TField, TParameters> last, Extension<TField, TParameters> transition)
    {
        Extension<TField, TParameters> sum = _folder.Sum;
        if (!_lookups.HasAny) return sum;
        Extension<TField, TParameters> running = Element(local, 0), reached = running;
        for (int g = 0; g < _lookups.Groups.Count; g++)
        {
            LookupGroup group = _lookups.Groups[g];
            Extension<TField, TParameters> fractions = Element(local, 1 + g), rest = fractions, product = Extension<TField, TParameters>.One;
            for (int i = group.First; i < group.First + group.Count; i++)
            {
                rest = rest * _fractions[i].Value - product * _fractions[i].Multiplicity;
                product *= _fractions[i].Value;
            }
            sum = sum * gamma + rest;
            reached += fractions;
        }
        sum = sum * gamma + first * running;
        sum = sum * gamma + transition * (Element(next, 0) - reached);
        return sum * gamma + last * (terminal - reached);
    }

    private static Extension<TField, TParameters> Element(ReadOnlySpan<Extension<TField, TParameters>> columns, int column) =>
        ExtensionTools<TField, TParameters>.Recombine(columns.Slice(column * TParameters.Degree, TParameters.Degree));

    private readonly record struct Fraction(Extension<TField, TParameters> Multiplicity, Extension<TField, TParameters> Value);
}
