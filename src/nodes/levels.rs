//! All levels of a matrix mixer.

use std::ops::{Index, IndexMut};

/// All levels of a [`Matrix`](crate::Matrix): a crosspoint for every input and output channel, a
/// volume for every channel, and the master volume.
///
/// Crosspoints are indexed by (input, output). A table may have any values; the matrix checks them
/// when they are set.
///
/// ```
/// use perbus::{Engine, Format, Levels};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
/// let matrix = engine.create_matrix(2, 1)?;
/// let (inputs, outputs) = matrix.dimensions()?;
///
/// let mut levels = Levels::identity(inputs, outputs);
/// levels[(2, 0)] = 0.5;
/// levels[(3, 1)] = -0.5;
/// levels.input_volumes_mut()[1] = 0.25;
/// matrix.set_levels(&levels)?;
/// assert_eq!(matrix.crosspoint(3, 1)?, -0.5);
/// assert_eq!(matrix.levels()?, levels);
/// # Ok::<(), perbus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    crosspoints: Vec<f32>,
    input_volumes: Vec<f32>,
    output_volumes: Vec<f32>,
    /// The volume of the whole matrix, 0 to 4.
    pub master: f32,
}

impl Levels {
    /// Silence: everything at 0, as in a new matrix. It takes inputs x outputs values of memory, and
    /// the process ends where there is not that much; a [`Matrix`](crate::Matrix) has far fewer.
    #[must_use]
    pub fn new(inputs: u32, outputs: u32) -> Self {
        Self {
            crosspoints: vec![0.0; inputs as usize * outputs as usize],
            input_volumes: vec![0.0; inputs as usize],
            output_volumes: vec![0.0; outputs as usize],
            master: 0.0,
        }
    }

    /// Every input channel to the output channel of the same number: all volumes and these
    /// crosspoints are 1.
    #[must_use]
    pub fn identity(inputs: u32, outputs: u32) -> Self {
        let mut levels = Self::new(inputs, outputs);
        levels.input_volumes.fill(1.0);
        levels.output_volumes.fill(1.0);
        levels.master = 1.0;
        for channel in 0..inputs.min(outputs) {
            levels[(channel, channel)] = 1.0;
        }
        levels
    }

    /// The number of input channels.
    #[must_use]
    pub fn inputs(&self) -> u32 {
        self.input_volumes.len() as u32
    }

    /// The number of output channels.
    #[must_use]
    pub fn outputs(&self) -> u32 {
        self.output_volumes.len() as u32
    }

    /// A crosspoint's gain; `None` for channels that do not exist.
    #[must_use]
    pub fn get(&self, input: u32, output: u32) -> Option<f32> {
        let inside = input < self.inputs() && output < self.outputs();
        inside.then(|| self.crosspoints[self.place(input, output)])
    }

    /// The volumes of the input channels, 0 to 4.
    #[must_use]
    pub fn input_volumes(&self) -> &[f32] {
        &self.input_volumes
    }

    /// The volumes of the input channels, mutably.
    #[must_use]
    pub fn input_volumes_mut(&mut self) -> &mut [f32] {
        &mut self.input_volumes
    }

    /// The volumes of the output channels, 0 to 4.
    #[must_use]
    pub fn output_volumes(&self) -> &[f32] {
        &self.output_volumes
    }

    /// The volumes of the output channels, mutably.
    #[must_use]
    pub fn output_volumes_mut(&mut self) -> &mut [f32] {
        &mut self.output_volumes
    }

    fn place(&self, input: u32, output: u32) -> usize {
        input as usize * self.output_volumes.len() + output as usize
    }

    /// In the layout of `perbus_matrix_copy_levels`: a row per input channel with its volume last,
    /// then the row of the output volumes and the master.
    pub(crate) fn to_flat(&self) -> Vec<f32> {
        let columns = self.output_volumes.len();
        let mut flat = Vec::with_capacity((self.input_volumes.len() + 1) * (columns + 1));
        for (input, volume) in self.input_volumes.iter().enumerate() {
            flat.extend_from_slice(&self.crosspoints[input * columns..][..columns]);
            flat.push(*volume);
        }
        flat.extend_from_slice(&self.output_volumes);
        flat.push(self.master);
        flat
    }

    /// From that layout, with as many values as the dimensions ask for.
    pub(crate) fn from_flat(inputs: u32, outputs: u32, flat: &[f32]) -> Self {
        let mut levels = Self::new(inputs, outputs);
        let columns = outputs as usize;
        for (input, row) in flat.chunks_exact(columns + 1).enumerate() {
            if input < levels.input_volumes.len() {
                levels.crosspoints[input * columns..][..columns].copy_from_slice(&row[..columns]);
                levels.input_volumes[input] = row[columns];
            } else {
                levels.output_volumes.copy_from_slice(&row[..columns]);
                levels.master = row[columns];
            }
        }
        levels
    }
}

/// The gain from an input channel to an output channel.
///
/// # Panics
/// For a channel that does not exist, like a slice's index; [`Levels::get`] does not.
impl Index<(u32, u32)> for Levels {
    type Output = f32;

    fn index(&self, (input, output): (u32, u32)) -> &f32 {
        assert!(
            output < self.outputs(),
            "output {output} of {}",
            self.outputs()
        );
        &self.crosspoints[self.place(input, output)]
    }
}

impl IndexMut<(u32, u32)> for Levels {
    fn index_mut(&mut self, (input, output): (u32, u32)) -> &mut f32 {
        assert!(
            output < self.outputs(),
            "output {output} of {}",
            self.outputs()
        );
        let place = self.place(input, output);
        &mut self.crosspoints[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flat_layout_has_volumes_at_the_ends() {
        let mut levels = Levels::new(2, 3);
        levels[(0, 0)] = 0.1;
        levels[(1, 2)] = 0.2;
        levels.input_volumes_mut()[1] = 0.3;
        levels.output_volumes_mut()[2] = 0.4;
        levels.master = 0.5;
        let flat = levels.to_flat();
        assert_eq!(
            flat,
            [0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2, 0.3, 0.0, 0.0, 0.4, 0.5]
        );
        assert_eq!(Levels::from_flat(2, 3, &flat), levels);
    }

    #[test]
    fn only_channels_that_are_there_have_a_crosspoint() {
        let levels = Levels::identity(2, 1);
        assert_eq!(levels.get(0, 0), Some(1.0));
        assert_eq!(levels.get(1, 0), Some(0.0));
        assert_eq!((levels.get(2, 0), levels.get(0, 1)), (None, None));
    }
}
