namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// The distribution of how many of N samples are covered while clients with s distinct uniform samples each join: a Markov
/// chain over that number, cut off where it suffices. States of next to no mass are given up to keep it narrow: those with few
/// samples count as a shortfall, those with many as one sample fewer; both err on the safe side.
/// </summary>
internal sealed class Coverage
{
    private const double Negligible = 1e-45;
    private readonly int _population, _samples, _sufficient;
    private readonly double[]?[] _steps;
    private double[] _mass, _next;
    private int _low, _high, _clients;
    private double _givenUp;

    public Coverage(int population, int samples, int sufficient)
    {
        (_population, _samples, _sufficient) = (population, samples, sufficient);
        _steps = new double[sufficient][];
        (_mass, _next) = (new double[sufficient], new double[sufficient]);
        _mass[0] = 1;
    }

    /// <summary>Chance that fewer than the sufficient number is covered, never below the true one.</summary>
    public double Shortfall
    {
        get
        {
            double sum = _givenUp;
            for (int covered = _low; covered <= _high; covered++) sum += _mass[covered];
            // A term went through 4 s operations to become a step, and through s + 3 more for each client.
            return sum == 0 ? 0 : Math.Min(1, sum * (1 + (_clients * (5.0 * _samples + 4) + _sufficient) * Rounding.Unit));
        }
    }

    public void AddClient()
    {
        _clients++;
        int top = Math.Min(_high + _samples, _sufficient - 1);
        Array.Clear(_next, _low, top - _low + 1);
        for (int covered = _low; covered <= _high; covered++)
        {
            double mass = _mass[covered];
            double[] step = _steps[covered] ??= Step(covered);
            int most = Math.Min(_samples, _sufficient - 1 - covered);
            for (int fresh = 0; fresh <= most; fresh++) _next[covered + fresh] += mass * step[fresh];
        }
        (_mass, _next, _high) = (_next, _mass, top);
        while (_low < _high && _mass[_low] < Negligible)
        {
            _steps[_low] = null;
            _givenUp += _mass[_low++];
        }
        for (; _high > _low && _mass[_high] < Negligible; _high--) _mass[_high - 1] += _mass[_high];
    }

    // How many of a client's samples are new when some are covered: the hypergeometric distribution, sample by sample.
    private double[] Step(int covered)
    {
        var chance = new double[_samples + 1];
        chance[0] = 1;
        for (int drawn = 0; drawn < _samples; drawn++)
        {
            double left = _population - drawn;
            for (int fresh = drawn; fresh >= 0; fresh--)
            {
                double isNew = Math.Max(0, _population - covered - fresh) / left, isOld = Math.Max(0, covered - (drawn - fresh)) / left;
                chance[fresh + 1] += chance[fresh] * isNew;
                chance[fresh] *= isOld;
            }
        }
        return chance;
    }
}
