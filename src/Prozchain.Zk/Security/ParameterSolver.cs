namespace Prozchain.Zk.Security;

/// <summary>
/// Searches extension degree, regime with multiplicity, batching, arity and final length for the cheapest parameters that reach
/// a target. Each round is ground by just what it lacks; the queries are as few as the target then allows. Costs that differ by
/// less than one percent count as equal: of those, the simplest set is taken, which is the first in the order of the search.
/// </summary>
internal sealed class ParameterSolver
{
    /// <summary>More queries than this are not worth a proof.</summary>
    public const int MaxQueries = 4096;

    /// <summary>Costs within this factor of the least count as the least.</summary>
    public const double Tolerance = 1.01;

    private readonly int _target;
    private readonly StarkShape _shape;
    private readonly SolverOptions _options;
    private readonly int _logBlowup;
    private readonly Dictionary<(int Degree, int Arity, int Final, int Queries), double> _bytes = [];
    private readonly List<Offered> _offers = [];
    private ParameterSet? _nearest;
    private double _nearestBits = -1;
    private string _problem = "Expected an extension degree of the field and a regime that serves the shape, got none of the options.";

    private ParameterSolver(int target, StarkShape shape, SolverOptions options)
    {
        (_target, _shape, _options) = (target, shape, options);
        _logBlowup = options.LogBlowup ?? Math.Max(1, StarkShape.LogCeiling(Math.Max(shape.ConstraintDegree + shape.MaskingLog, 2) - 1));
    }

    /// <summary>The cheapest set that reaches the target, or null with the set that comes nearest.</summary>
    /// <exception cref="ArgumentException">No set of this shape exists at all, whatever its security.</exception>
    public static ParameterSet? Solve(int target, StarkShape shape, SolverOptions options, out ParameterSet nearest)
    {
        var solver = new ParameterSolver(target, shape, options);
        solver.Search();
        ParameterSet? best = solver.Cheapest();
        nearest = best ?? solver._nearest ?? throw new ArgumentException(solver._problem, nameof(shape));
        return best;
    }

    /// <summary>The same numbers in the regime that proves most, with that as the target.</summary>
    public static ParameterSet BestRegime(ParameterSet set)
    {
        Require(set);
        ParameterSet best = set;
        double bits = new SoundnessModel(ProtocolNumbers.Of(set), set.Bound).ProvenBits();
        for (int m = JohnsonBound.MinMultiplicity; m <= JohnsonBound.MaxMultiplicity && !set.Shape.IsShared; m++)
        {
            ParameterSet next = set with { Regime = ProximityRegime.Johnson, Multiplicity = m };
            double proven = new SoundnessModel(ProtocolNumbers.Of(next), next.Bound).ProvenBits();
            if (proven > bits) (best, bits) = (next, proven);
        }
        return best with { TargetBits = Math.Max(1, (int)bits) };
    }

    private static void Require(ParameterSet set)
    {
        if (set.Problem() is { } problem) throw new ArgumentException(problem, nameof(set));
    }

    private void Search()
    {
        foreach (int degree in FieldFacts.Degrees(_shape.Field))
        {
            if (_options.ExtensionDegrees.Count > 0 && !_options.ExtensionDegrees.Contains(degree)) continue;
            foreach (ProximityRegime regime in _options.Regimes.Where(regime => !_shape.IsShared || regime == ProximityRegime.UniqueDecoding))
                foreach (BatchingKind batching in _options.Batching)
                    foreach (int arity in _options.LogArities)
                        SearchMultiplicities(Start(degree, regime, batching, arity));
        }
    }

    private ParameterSet Start(int degree, ProximityRegime regime, BatchingKind batching, int arity)
    {
        var set = new ParameterSet
        {
            Shape = _shape,
            TargetBits = _target,
            ExtensionDegree = degree,
            LogBlowup = _logBlowup,
            Regime = regime,
            Multiplicity = regime == ProximityRegime.Johnson ? JohnsonBound.MinMultiplicity : 0,
            Batching = batching,
            Queries = 1,
            MaxLogArity = arity,
            LogFinalLength = 0,
            Grinding = default,
            DigestBits = _options.DigestBits,
        };
        Require(set);
        return set;
    }

    // A larger multiplicity means fewer queries and larger errors, so of those with equally many queries the first is the one
    // that is ground least.
    private void SearchMultiplicities(ParameterSet start)
    {
        int fewest = int.MaxValue, last = start.Regime == ProximityRegime.Johnson ? JohnsonBound.MaxMultiplicity : start.Multiplicity;
        for (int multiplicity = start.Multiplicity; multiplicity <= last; multiplicity++)
        {
            ParameterSet set = Grind(start with { Multiplicity = multiplicity }, out double bits);
            if (bits < _target)
            {
                if (bits > _nearestBits) (_nearest, _nearestBits) = (set, bits);
                if (set.Queries < MaxQueries) break;
                continue;
            }
            if (set.Queries >= fewest) continue;
            fewest = set.Queries;
            for (int final = 0; final <= Math.Min(_options.MaxLogFinalLength, set.LogDimension); final++)
            {
                ParameterSet ended = set with { LogFinalLength = final };

                // One fold may end in constants, with far fewer exceptional challenges than where it stops earlier: ground anew.
                if (final > 0 && set.LogDimension <= set.MaxLogArity) ended = Grind(ended, out bits);
                if (bits >= _target) Offer(ended);
            }
        }
    }

    private ParameterSet Grind(ParameterSet set, out double bits)
    {
        var model = new SoundnessModel(ProtocolNumbers.Of(set), set.Bound);
        double least = set.DigestBits / 2.0;
        int Deficit(double log2Error)
        {
            double proven = LogMath.Bits(log2Error);
            int ground = Math.Clamp((int)Math.Ceiling(_target - proven), 0, _options.MaxRoundGrinding);
            least = Math.Min(least, proven + ground);
            return ground;
        }

        int query = _options.Objective == CostObjective.ProofBytes ? _options.MaxQueryGrinding : 0;
        var grinding = new GrindingBits(Deficit(model.Lookup()), Deficit(model.Composition()), Deficit(model.OutOfDomain()),
            Deficit(model.Batching()), model.Folds().Select(Deficit).DefaultIfEmpty(0).Max(), query) { Shared = Deficit(model.Shared()) };
        double perQuery = model.Agreement();
        double wanted = perQuery < 0 ? Math.Ceiling((_target - query + LogMath.Margin) / -perQuery) : MaxQueries;
        int queries = (int)Math.Clamp(wanted, 1, MaxQueries);
        bits = Math.Min(least, LogMath.Bits(perQuery * queries) + query);
        return set with { Grinding = grinding, Queries = queries };
    }

    private void Offer(ParameterSet set)
    {
        if (set.Problem() is { } problem)
        {
            _problem = problem;
            return;
        }
        var key = (set.ExtensionDegree, set.MaxLogArity, set.LogFinalLength, set.Queries);
        int folds = set.FoldLogArities().Length;
        if (!_bytes.TryGetValue(key, out double bytes)) _bytes[key] = bytes = ProofCost.Bytes(set with { Grinding = default });
        bytes += ProofCost.NonceBytes * set.Grinding.Nonces(folds);
        double work = ProofCost.Work(set);
        _offers.Add(_options.Objective == CostObjective.ProofBytes ? new(set, bytes, work) : new(set, work, bytes));
    }

    private ParameterSet? Cheapest()
    {
        if (_offers.Count == 0) return null;
        double first = _offers.Min(offer => offer.First) * Tolerance;
        double second = _offers.Where(offer => offer.First <= first).Min(offer => offer.Second) * Tolerance;
        Offered[] equal = [.. _offers.Where(offer => offer.First <= first && offer.Second <= second)];
        ParameterSet simplest = equal[0].Set;

        // Arity and final length make nothing simpler: there the cost alone decides.
        return equal.Where(offer => offer.Set.ExtensionDegree == simplest.ExtensionDegree && offer.Set.Regime == simplest.Regime && offer.Set.Batching == simplest.Batching)
            .MinBy(offer => (offer.First, offer.Second)).Set;
    }

    private readonly record struct Offered(ParameterSet Set, double First, double Second);
}
